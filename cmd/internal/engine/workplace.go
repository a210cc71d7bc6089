package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Workplace returns an empty directory in which to build another version of what is
// below root, see [StandIn]. The go command keeps results by directory, so it is the same
// each time for the same root, unless another run is in it or the user has no cache:
// then it is one that nobody else has. Done removes it.
func Workplace(root string) (dir string, done func(), err error) {
	if dir, done, ok := usualPlace(root); ok {
		return dir, done, nil
	}
	dir, err = os.MkdirTemp("", "lagvet-base-")
	if err != nil {
		return "", nil, fmt.Errorf("making a temporary directory: %w", err)
	}
	return dir, func() { os.RemoveAll(dir) }, nil
}

// usualPlace returns the directory that belongs to root, if nobody is in it.
func usualPlace(root string) (dir string, done func(), ok bool) {
	cache, err := cacheDir("base")
	if err != nil {
		return "", nil, false
	}
	clearAway(cache)
	sum := sha256.Sum256([]byte(root))
	dir = filepath.Join(cache, hex.EncodeToString(sum[:8]))
	// The lock ends with the process that has it. Its file stays: removed, it could be
	// locked by one who had opened it before.
	lock := flock.New(dir + ".lock")
	if held, err := lock.TryLock(); err != nil || !held {
		return "", nil, false
	}
	done = func() {
		_ = os.RemoveAll(dir) // what is left the next one removes
		_ = lock.Unlock()     // the end of the process does it too
	}
	err = os.RemoveAll(dir) // of one that was killed
	if err == nil {
		err = os.Mkdir(dir, 0o700)
	}
	if err != nil {
		done()
		return "", nil, false
	}
	return dir, done, true
}
