-- Run by "pandoc lua": reads JSON from standard input, {styles: {key: URL}, jobs: [{item, style, locale}]}. Formats each
-- item alone (so that no style adds "a" and "b" to the years of two works), and writes the list of their HTML, false on
-- failure.
local input = pandoc.json.decode(io.read("a"), false)

local function format(job)
  local document = pandoc.read(job.item, "csljson", nil, {})
  if type(job.literal) == "string" then
    -- pandoc would read the words as a date, and leave them out.
    document.meta.references[1].issued = {literal = job.literal}
  end
  document.meta.csl = input.styles[job.style]
  document.meta.lang = job.locale
  return pandoc.write(pandoc.utils.citeproc(document), "html", {wrap_text = "none"})
end

local answers = {}
for index, job in ipairs(input.jobs) do
  local succeeded, html = pcall(format, job)
  answers[index] = succeeded and html
end
io.write(pandoc.json.encode(answers))
