-- Run by "pandoc lua": reads a JSON list of {item, style, locale} from standard input, formats each item alone
-- (so that no style adds "a" and "b" to the years of two works), and writes the list of their HTML, false on failure.
local function format(job)
  local document = pandoc.read(job.item, "csljson", nil, {})
  document.meta.csl = job.style
  document.meta.lang = job.locale
  return pandoc.write(pandoc.utils.citeproc(document), "html", {wrap_text = "none"})
end

local answers = {}
for index, job in ipairs(pandoc.json.decode(io.read("a"), false)) do
  local succeeded, html = pcall(format, job)
  answers[index] = succeeded and html
end
io.write(pandoc.json.encode(answers))
