"""A site below a path of its host, such as https://example.org/~ada (SITE_URL)."""


def below(site_path, application):
    """Wrap a WSGI application: requests are below the path, whether or not a proxy has removed it from them."""

    def serve(environ, start_response):
        if environ.get("SCRIPT_NAME") != site_path:  # else the server has removed it
            path = environ["PATH_INFO"]
            if f"{path}/".startswith(f"{site_path}/"):
                environ["PATH_INFO"] = path.removeprefix(site_path)
            environ["SCRIPT_NAME"] = site_path
        return application(environ, start_response)

    return serve
