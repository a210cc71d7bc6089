package audit

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// hostile is text that every format must take for text.
const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(2)> "q" \ & {{.}} größer 𝛼`

// planted audits the repository of package maturity's tests, in which something is
// wrong: a broken file, a gate that is seen through and waived, rules that did not run.
// It returns the repository's directory too.
func planted(t *testing.T) (r *maturity.Report, root string) {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("..", "..", "..", "maturity", "testdata", "level5.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	set := func(name string, change func([]byte) []byte) {
		i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
		if i < 0 {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: change(nil)})
			return
		}
		archive.Files[i].Data = change(archive.Files[i].Data)
	}
	set("audit/context.md", func([]byte) []byte { return []byte("# Context\n") })
	set(".vscode/settings.json", func([]byte) []byte { return []byte("{\n  \"gopls\": [\n") })
	fsys, err := txtar.FS(archive)
	if err != nil {
		t.Fatal(err)
	}
	root = t.TempDir()
	if err := os.CopyFS(root, fsys); err != nil {
		t.Fatal(err)
	}
	day := func(month time.Month) time.Time { return time.Date(2026, month, 15, 0, 0, 0, 0, time.UTC) }
	at := verdict.Place{File: "go.mod", Line: 3}
	r, err = maturity.Audit(maturity.Default(), maturity.Input{
		Dir:        root,
		Repository: maturity.Repository{Commit: "0123456789abcdef0123456789abcdef01234567", Time: day(time.June), Dirty: true, Shallow: true},
		NoCode:     "the rules did not run: --no-check",
		Waivers: []maturity.Waiver{
			{Control: "context-owned", Owner: "platform " + hostile, Reason: "a review is due " + hostile, Expires: day(time.August), Place: at},
			{Control: "context-budgets", Owner: "@orders", Reason: "too late", Expires: day(time.March), Place: at},
			{Control: "modules-bot", Owner: "@orders", Reason: "needless", Path: "sim", Expires: day(time.August)},
		},
		NotApplicable: map[string]string{"observability": "it is a library " + hostile},
		Tool:          "lagvet devel",
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Required = 3
	return r, root
}

// stateOf returns a control's state.
func stateOf(t *testing.T, r *maturity.Report, id string) *maturity.ControlState {
	t.Helper()
	for i := range r.Tracks {
		for j := range r.Tracks[i].Controls {
			if c := &r.Tracks[i].Controls[j]; c.ID == id {
				return c
			}
		}
	}
	t.Fatalf("there is no control %s", id)
	return nil
}
