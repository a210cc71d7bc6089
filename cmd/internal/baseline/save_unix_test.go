//go:build unix

package baseline

import (
	"strings"
	"testing"
)

// A limit to the size of files does what a full disk does.
func TestDiskFull(t *testing.T) {
	path, old := existing(t)
	out, err := writer(path, "v9", "sh", "-c", `trap '' XFSZ; ulimit -f 8; exec "$0"`).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "which is as it was") {
		t.Errorf("error %v, output %s", err, out)
	}
	only(t, path, old)
}
