-- Lays out the lists of terms (dates or numbers) of a CV, and leaves out what its document cannot have: pictures,
-- links other than those to the web, to e-mail addresses and to telephones, and markup of the target format.
local SCHEMES = {"^https?://", "^mailto:", "^tel:", "^#"}
local STYLES = {dated = "CV Dated", ["long-dated"] = "CV Long Dated", numbered = "CV Numbered"}
local LONGEST_WORD = 40 -- characters of a word that stays in one line
local DEEPEST = 3 -- lists and quotations of LaTeX in each other

local function is_allowed(target)
  for _, scheme in ipairs(SCHEMES) do
    if target:match(scheme) then return true end
  end
  return false
end

-- Word indents lists by their own rules: below a date they become paragraphs that start with a sign.
local function with_signs(list)
  local blocks = pandoc.Blocks {}
  for place, item in ipairs(list.content) do
    local sign = list.t == "OrderedList" and (list.start + place - 1) .. "." or "•"
    local first = item[1] and (item[1].t == "Plain" or item[1].t == "Para") and item:remove(1).content or pandoc.Inlines {}
    blocks:insert(pandoc.Para(pandoc.Inlines {sign, pandoc.Space()} .. first))
    blocks:extend(item)
  end
  return blocks
end

local function in_columns(list, style)
  local blocks = {}
  for _, item in ipairs(list.content) do
    local term, definition = item[1], item[2][1]
    local first = definition:remove(1)
    local tab = pandoc.RawInline("openxml", "<w:r><w:tab/></w:r>")
    local line = pandoc.Inlines {pandoc.Span(term, {["custom-style"] = "CV Term"}), tab} .. first.content
    table.insert(blocks, pandoc.Div({pandoc.Para(line)}, {["custom-style"] = style}))
    if #definition > 0 then
      local text = definition:walk {BulletList = with_signs, OrderedList = with_signs}
      table.insert(blocks, pandoc.Div(text, {["custom-style"] = style .. " Text"}))
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

-- Lets lines break in the long addresses that LaTeX would keep whole.
local function breakable(inlines)
  return inlines:walk {
    Str = function(word)
      if #word.text <= LONGEST_WORD then return nil end
      local parts = pandoc.Inlines {}
      for part in word.text:gmatch("[^/._-]*[/._-]*") do
        parts:extend {pandoc.Str(part), pandoc.RawInline("latex", "\\allowbreak{}")}
      end
      parts:remove()
      return parts
    end
  }
end

-- Footnotes need no link back to the text, whose sign most fonts lack.
function Link(link)
  if link.target:match("^#fnref") then return {} end
  if not is_allowed(link.target) then return link.content end
  if FORMAT == "latex" then
    link.content = breakable(link.content)
    return link
  end
end

-- In LaTeX, code has lines that wrap, and tables have columns that do.
function CodeBlock(block)
  if FORMAT ~= "latex" then return nil end
  local lines = pandoc.Inlines {}
  for line in (block.text .. "\n"):gmatch("(.-)\n") do
    lines:extend {pandoc.Code(line), pandoc.LineBreak()}
  end
  lines:remove()
  return pandoc.Para(lines)
end

function Table(table)
  if FORMAT ~= "latex" then return nil end
  table.colspecs = table.colspecs:map(function(column) return {column[1], 1 / #table.colspecs} end)
  return table
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
  if kind == "legend" and FORMAT == "latex" then
    return div.content .. pandoc.Blocks {pandoc.RawBlock("latex", "\\staywithnext")}
  end
  if kind == "legend" then return div.content end
  if not STYLES[kind] then return nil end
  if FORMAT == "docx" then return in_columns(div.content[1], STYLES[kind]) end
  if FORMAT == "plain" then return in_lines(div.content[1], kind == "numbered" and "" or ":") end
  if FORMAT == "latex" and kind == "numbered" then
    local wide = pandoc.RawBlock("latex", "\\begingroup\\setlength{\\termwidth}{11mm}")
    return {wide, div.content[1], pandoc.RawBlock("latex", "\\endgroup")}
  end
  return div.content
end

-- Lists and quotations that are too deep for LaTeX become paragraphs.
local function shallow(blocks, depth)
  local function list(found)
    if depth > 0 then
      found.content = found.content:map(function(item) return shallow(item, depth - 1) end)
      return found, false
    end
    local paragraphs = pandoc.Blocks {}
    for _, item in ipairs(found.content) do paragraphs:extend(shallow(item, 0)) end
    return paragraphs, false
  end
  local function quotation(found)
    if depth == 0 then return shallow(found.content, 0), false end
    found.content = shallow(found.content, depth - 1)
    return found, false
  end
  return blocks:walk {traverse = "topdown", BulletList = list, OrderedList = list, BlockQuote = quotation}
end

function Pandoc(document)
  if FORMAT ~= "latex" then return nil end
  document.blocks = shallow(document.blocks, DEEPEST)
  return document
end
