from projects.admin import grants, projects
