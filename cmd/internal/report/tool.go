package report

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// commitLength is how much of a commit is printed: enough for git to know it.
const commitLength = 12

// ThisTool returns what the running binary knows of its own making.
func ThisTool() Tool {
	t := Tool{Version: "devel", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return t
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		t.Version = v
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			t.Commit = s.Value[:min(len(s.Value), commitLength)]
		case s.Key == "vcs.modified" && s.Value == "true" && t.Commit != "":
			t.Commit += "+changes"
		}
	}
	return t
}

func (t Tool) String() string {
	if t.Commit == "" {
		return fmt.Sprintf("lagvet %s, built with %s", t.Version, t.Go)
	}
	return fmt.Sprintf("lagvet %s, commit %s, built with %s", t.Version, t.Commit, t.Go)
}
