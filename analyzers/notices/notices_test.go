package notices

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestNotices(t *testing.T) {
	analysistest.Run(t, filepath.Join(analysistest.TestData(), "module"), Analyzer, "./...")
}
