//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// neovim is what a user of Neovim does: it reads the settings of the documentation,
// opens a file, waits for diagnostics, takes the first code action of one, and saves.
// Neovims before 0.11 lack the functions that the settings call: here they have what
// those do.
const neovim = `
local settings, file, out = unpack(vim.fn.json_decode(vim.env.LAGVET_TEST))
if not vim.lsp.config then
  local configs = {}
  vim.lsp.config = function(name, config) configs[name] = config end
  vim.lsp.enable = function(name)
    local config = vim.tbl_extend('force', configs[name], { name = name, root_dir = vim.fn.getcwd() })
    vim.api.nvim_create_autocmd('FileType', { pattern = config.filetypes, callback = function(args)
      vim.lsp.buf_attach_client(args.buf, vim.lsp.start_client(config))
    end })
  end
end
vim.cmd('filetype on')
dofile(settings)
vim.cmd('edit ' .. file)

local function found(enough)
  vim.wait(300000, function() return enough(vim.diagnostic.get(0)) end, 50)
  local found = {}
  for _, d in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, { line = d.lnum + 1, column = d.col + 1, code = d.code, source = d.source, message = d.message })
  end
  return found
end
local function has(code) return function(ds)
  for _, d in ipairs(ds) do if d.code == code then return true end end
  return false
end end
local function hasNot(code) return function(ds) return #ds > 0 and not has(code)(ds) end end

local results = { first = found(has('initperreq')) }
for _, d in ipairs(vim.diagnostic.get(0)) do
  if d.code == 'initperreq' then
    local params = {
      textDocument = { uri = vim.uri_from_bufnr(0) },
      range = { start = { line = d.lnum, character = d.col }, ['end'] = { line = d.end_lnum, character = d.end_col } },
      context = { diagnostics = {} },
    }
    for id, r in pairs(vim.lsp.buf_request_sync(0, 'textDocument/codeAction', params, 60000)) do
      results.action = r.result[1].title
      vim.lsp.util.apply_workspace_edit(r.result[1].edit, vim.lsp.get_client_by_id(id).offset_encoding)
    end
  end
end
results.fixed = found(hasNot('initperreq'))
vim.cmd('write')
vim.fn.writefile({ vim.fn.json_encode(results) }, out)
vim.cmd('qa!')
`

// Neovim, with the settings that docs/hosts/lsp.md has for it, shows what lagvet
// check prints, and mends what --fix mends.
func TestNeovim(t *testing.T) {
	if _, err := exec.LookPath("nvim"); err != nil {
		t.Fatalf("%v: make e2e-tools installs it", err)
	}
	const file, rule = "gateway/gateway.go", "initperreq"
	dir, tmp := module(t), t.TempDir()
	script, out := filepath.Join(tmp, "test.lua"), filepath.Join(tmp, "out.json")
	if err := os.WriteFile(script, []byte(neovim), 0o666); err != nil {
		t.Fatal(err)
	}
	args, err := json.Marshal([]string{filepath.Join(checkout(t), "testdata/hosts/lsp/neovim.lua"), file, out})
	if err != nil {
		t.Fatal(err)
	}
	process{dir: dir, env: []string{
		"LAGVET_TEST=" + string(args),
		"PATH=" + filepath.Dir(lagvet) + string(filepath.ListSeparator) + os.Getenv("PATH"),
		"XDG_STATE_HOME=" + tmp, "XDG_DATA_HOME=" + tmp, "XDG_CONFIG_HOME=" + tmp,
	}}.must(t, "nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", "luafile "+script)

	type shown []struct {
		Line, Column          int
		Code, Source, Message string
	}
	var results struct {
		First, Fixed shown
		Action       string
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &results); err != nil {
		t.Fatal(err)
	}
	findings := func(s shown) []Finding {
		var fs []Finding
		for _, d := range s {
			message, _, _ := strings.Cut(d.Message, "\nmend: ")
			fs = append(fs, Finding{Place: place(t, dir, file, d.Line, d.Column), Rule: d.Code, Message: message})
			if d.Source != "lagvet" {
				t.Errorf("%s is of %s", message, d.Source)
			}
		}
		return fs
	}
	all := in(expected(t), file)
	compare(t, "Neovim", findings(results.First), all, plain)
	compare(t, "Neovim after the fix", findings(results.Fixed), without(all, func(f Finding) bool { return f.Rule == rule }), messages)
	if got, want := readGolden(t, filepath.Join(dir, filepath.FromSlash(file))), mendedByCommand(t, file, rule); got != want {
		t.Errorf("the action %q makes\n%s\nlagvet check --fix makes\n%s", results.Action, got, want)
	}
}
