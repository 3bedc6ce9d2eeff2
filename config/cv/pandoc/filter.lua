-- Lays out the lists of terms (dates or numbers) of a CV, and leaves out what its document cannot have: pictures,
-- links other than those to the web, to e-mail addresses and to telephones, and markup of the target format.
local SCHEMES = {"^https?://", "^mailto:", "^tel:", "^#"}
local STYLES = {dated = "CV Dated", numbered = "CV Numbered"}

local function is_allowed(target)
  for _, scheme in ipairs(SCHEMES) do
    if target:match(scheme) then return true end
  end
  return false
end

local function in_columns(list, style)
  local blocks = {}
  for _, item in ipairs(list.content) do
    local term, definition = item[1], item[2][1]
    local first = definition:remove(1)
    local tab = pandoc.RawInline("openxml", "<w:r><w:tab/></w:r>")
    local line = term .. pandoc.Inlines {tab} .. first.content
    table.insert(blocks, pandoc.Div({pandoc.Para(line)}, {["custom-style"] = style}))
    if #definition > 0 then
      table.insert(blocks, pandoc.Div(definition, {["custom-style"] = style .. " Text"}))
    end
  end
  return blocks
end

-- A line for each entry, with its term before it.
local function in_lines(list, separator)
  local blocks = {}
  for _, item in ipairs(list.content) do
    local definition = item[2][1]
    local first = definition:remove(1)
    local line = #item[1] > 0 and (item[1] .. pandoc.Inlines {separator, pandoc.Space()} .. first.content) or first.content
    table.insert(blocks, pandoc.Para(line))
    if #definition > 0 then table.insert(blocks, pandoc.BlockQuote(definition)) end
  end
  return blocks
end

function RawInline() return {} end
function RawBlock() return {} end

-- Only the photo of the heading, whose data is part of the document.
function Image(image)
  local is_photo = image.classes:includes("photo") and image.src:match("^data:image/jpeg;base64,")
  if FORMAT ~= "docx" or not is_photo then return image.caption end
end

function Figure(figure) return figure.content end

function Link(link)
  if not is_allowed(link.target) then return link.content end
end

-- In plain text, the titles of parts are underlined.
function Header(header)
  if FORMAT == "plain" and header.level == 2 then
    local line = string.rep("=", pandoc.layout.real_length(pandoc.utils.stringify(header)))
    return pandoc.Para(header.content .. pandoc.Inlines {pandoc.LineBreak(), pandoc.Str(line)})
  end
end

function Div(div)
  local kind = div.classes[1]
  if kind == "legend" and FORMAT == "docx" then return pandoc.Div(div.content, {["custom-style"] = "CV Legend"}) end
  if kind == "legend" then return div.content end
  if not STYLES[kind] then return nil end
  if FORMAT == "docx" then return in_columns(div.content[1], STYLES[kind]) end
  if FORMAT == "plain" then return in_lines(div.content[1], kind == "dated" and ":" or "") end
  if FORMAT == "latex" and kind == "numbered" then
    local wide = pandoc.RawBlock("latex", "\\begingroup\\setlength{\\termwidth}{11mm}")
    return {wide, div.content[1], pandoc.RawBlock("latex", "\\endgroup")}
  end
  return div.content
end
