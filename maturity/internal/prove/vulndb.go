package prove

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
)

// vulnerability is the ID of the one that the made database has.
const vulnerability = "GO-2099-0001"

// vulnerable is the plant for govulncheck: a function of the standard library that
// hardly any program calls, of which the database that it is given says that it is
// vulnerable in every release. An init function calls it, for what is called from
// nowhere is no finding in a program.
const vulnerable = `
import (
	"io"
	"text/tabwriter"
)

func init() { tabwriter.NewWriter(io.Discard, 0, 0, 1, ' ', 0) }
`

// The files of a database, by https://go.dev/doc/security/vuln/database.
const (
	dbTime  = "2026-01-01T00:00:00Z"
	dbIndex = `[{"path": "stdlib", "vulns": [{"id": "` + vulnerability + `", "modified": "` + dbTime + `"}]}]`
	dbEntry = `{
	"schema_version": "1.3.1", "id": "` + vulnerability + `", "modified": "` + dbTime + `", "published": "` + dbTime + `",
	"summary": "planted to see whether this gate fails", "details": "planted to see whether this gate fails",
	"affected": [{
		"package": {"name": "stdlib", "ecosystem": "Go"},
		"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
		"ecosystem_specific": {"imports": [{"path": "text/tabwriter", "symbols": ["NewWriter"]}]}
	}],
	"database_specific": {"url": "https://pkg.go.dev/vuln/` + vulnerability + `", "review_status": "REVIEWED"}
}`
)

// databases are the directories of the database with the vulnerability and of one that
// has none.
func (r *Runner) database(planted bool) string {
	if planted {
		return filepath.Join(r.dir, "vulndb")
	}
	return filepath.Join(r.dir, "nodb")
}

// writeDatabases makes both.
func (r *Runner) writeDatabases() error {
	for _, planted := range []bool{true, false} {
		dir := r.database(planted)
		files := map[string]string{"index/db.json": `{"modified": "` + dbTime + `"}`, "index/modules.json": "[]"}
		if planted {
			files["index/modules.json"], files["ID/"+vulnerability+".json"] = dbIndex, dbEntry
		}
		for name, text := range files {
			file := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				return fmt.Errorf("making a database of vulnerabilities: %w", err)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				return fmt.Errorf("making a database of vulnerabilities: %w", err)
			}
		}
	}
	return nil
}

// byDatabase is a command of govulncheck that goes by a database.
func byDatabase(p Plan, argv []string, dir string) []string {
	at, _ := p.Gate.Database()
	return slices.Insert(slices.Clone(argv), at, "-db="+fileURL(dir))
}

// fileURL is the address of a directory.
func fileURL(dir string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}).String()
}
