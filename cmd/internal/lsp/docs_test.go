package lsp

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// snippets are the files that docs/hosts/lsp.md shows.
const snippets = "../../../testdata/hosts/lsp/"

// In each editor's file the command is lagvet lsp, and its settings are ones that
// the server takes.
func TestSnippets(t *testing.T) {
	tests := []struct {
		file     string
		read     func(t *testing.T, text string) (command []string, settings map[string]any)
		command  string
		settings int // how many
	}{
		{"vscode.json", readVSCode, "lagvet lsp", 2},
		{"neovim.lua", readNeovim, "lagvet lsp", 2},
		{"helix.toml", readHelix, "lagvet lsp", 2},
		{"beside-gopls.toml", readHelix, "lagvet lsp --only-compiler", 0},
		{"eglot.el", readLisp, "rass -- gopls -- lagvet lsp", 0},
		{"lsp-mode.el", readLisp, "lagvet lsp", 0},
		{"zed.json", readZed, "rass -- gopls -- lagvet lsp", 0},
	}
	var files []string
	for _, tt := range tests {
		files = append(files, tt.file)
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(snippets + tt.file)
			if err != nil {
				t.Fatal(err)
			}
			command, settings := tt.read(t, string(data))
			if got := strings.Join(command, " "); got != tt.command {
				t.Errorf("the command is %q, want %q", got, tt.command)
			}
			if len(settings) != tt.settings {
				t.Errorf("settings are %v, want %d", settings, tt.settings)
			}
			js, err := json.Marshal(settings)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParseSettings(js, Settings{}); err != nil {
				t.Error(err)
			}
		})
	}
	entries, err := os.ReadDir(snippets)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(files, e.Name()) {
			t.Errorf("%s is not read by this test", e.Name())
		}
	}
}

func readVSCode(t *testing.T, text string) (command []string, settings map[string]any) {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	settings = make(map[string]any)
	for name, value := range all {
		if own, ok := strings.CutPrefix(name, section+"."); ok {
			settings[own] = value
		}
	}
	command = []string{all["glspc.server.command"].(string)}
	for _, arg := range all["glspc.server.commandArguments"].([]any) {
		command = append(command, arg.(string))
	}
	return command, settings
}

func readZed(t *testing.T, text string) (command []string, settings map[string]any) {
	t.Helper()
	var all struct {
		LSP map[string]struct {
			Binary struct {
				Path      string
				Arguments []string
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	b := all.LSP["gopls"].Binary
	return append([]string{b.Path}, b.Arguments...), nil
}

func readHelix(t *testing.T, text string) (command []string, settings map[string]any) {
	t.Helper()
	var all struct {
		Servers map[string]struct {
			Command string
			Args    []string
			Config  map[string]any
		} `toml:"language-server"`
		Language []struct {
			Name    string
			Servers []string `toml:"language-servers"`
		}
	}
	if _, err := toml.Decode(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Language) != 1 || all.Language[0].Name != "go" || !slices.Equal(all.Language[0].Servers, []string{"gopls", "lagvet"}) {
		t.Errorf("the languages are %+v", all.Language)
	}
	s := all.Servers["lagvet"]
	return append([]string{s.Command}, s.Args...), s.Config
}

// readNeovim reads what this test needs of Lua: a list of texts, and a table of
// texts and booleans.
func readNeovim(t *testing.T, text string) (command []string, settings map[string]any) {
	t.Helper()
	cmd := regexp.MustCompile(`cmd = \{(.*)\}`).FindStringSubmatch(text)
	table := regexp.MustCompile(`(?s)lagvet = \{(.*?)\}`).FindStringSubmatch(text)
	if cmd == nil || table == nil || strings.Count(text, "{") != strings.Count(text, "}") {
		t.Fatal("there is no command, or there are no settings")
	}
	for _, m := range regexp.MustCompile(`'([^']*)'`).FindAllStringSubmatch(cmd[1], -1) {
		command = append(command, m[1])
	}
	settings = make(map[string]any)
	for _, m := range regexp.MustCompile(`(\w+) = (?:'([^']*)'|(true|false)),`).FindAllStringSubmatch(table[1], -1) {
		settings[m[1]] = m[2]
		if m[3] != "" {
			settings[m[1]] = m[3] == "true"
		}
	}
	return command, settings
}

// readLisp reads the only list of texts.
func readLisp(t *testing.T, text string) (command []string, settings map[string]any) {
	t.Helper()
	if strings.Count(text, "(") != strings.Count(text, ")") {
		t.Error("the parentheses do not match")
	}
	list := regexp.MustCompile(`\("(?:rass|lagvet)"[^)]*\)`).FindString(text)
	for _, m := range regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(list, -1) {
		command = append(command, m[1])
	}
	return command, nil
}

// The page names every setting, and no other.
func TestSettingsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/hosts/lsp.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(string(page), -1) {
		documented = append(documented, m[1])
	}
	slices.Sort(documented)
	if want := slices.Sorted(maps.Keys(new(Settings).fields())); !slices.Equal(documented, want) {
		t.Errorf("documented are %q, want %q", documented, want)
	}
}
