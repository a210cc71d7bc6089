package wholefile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write makes data the text of the file, through a new file beside it that takes
// its place; a writer that is killed leaves that one behind, .lagvet-….tmp. A
// symbolic link is followed, and permissions stay as they are. What is
// no regular file, such as /dev/stdout or a pipe, is written to.
func Write(path string, data []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	fi, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return replace(path, data, nil)
	case err != nil:
		return err
	case fi.IsDir():
		return fmt.Errorf("%s is a directory", path)
	case !fi.Mode().IsRegular():
		return into(path, data)
	}
	mode := fi.Mode().Perm()
	return replace(path, data, &mode)
}

// into writes to what is no regular file.
func into(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// replace puts a new file in the place of path. Its permissions are mode, or those
// of any new file.
func replace(path string, data []byte, mode *fs.FileMode) (err error) {
	fresh := filepath.Join(filepath.Dir(path), ".lagvet-"+rand.Text()+".tmp")
	f, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(fresh))
		}
	}()
	_, err = f.Write(data)
	if mode != nil {
		err = errors.Join(err, f.Chmod(*mode))
	}
	// Without Sync a crash of the system can leave the new name without its text.
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}

// Append adds to the end of a file, which it makes if there is none, what text
// returns, told how many bytes the file holds. If the file ends within a line, a
// new one is begun first. If writing fails, the file is as it was.
func Append(path string, text func(size int64) ([]byte, error)) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	begin, err := newline(f, fi)
	if err != nil {
		return err
	}
	data, err := text(fi.Size() + int64(len(begin)))
	if err != nil {
		return err
	}
	if _, err = f.Write(append(begin, data...)); err != nil && fi.Mode().IsRegular() {
		err = errors.Join(err, f.Truncate(fi.Size()))
	}
	return err
}

// newline returns what ends the last line of f, if it has no end.
func newline(f *os.File, fi fs.FileInfo) ([]byte, error) {
	if !fi.Mode().IsRegular() || fi.Size() == 0 {
		return nil, nil
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, fi.Size()-1); err != nil && err != io.EOF {
		return nil, err
	}
	if last[0] == '\n' {
		return nil, nil
	}
	return []byte{'\n'}, nil
}
