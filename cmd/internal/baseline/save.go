package baseline

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Save writes f to path, through links. Whatever happens meanwhile, at path there
// is what was there before or all of f: it is written to a file beside it, which
// then takes its name.
func (f *File) Save(path string) error {
	if err := replace(path, f.Encode); err != nil {
		return fmt.Errorf("writing the baseline %s, which is as it was: %w", path, err)
	}
	return nil
}

// replace has write fill a new file, and gives it the name path.
func replace(path string, write func(io.Writer) error) (err error) {
	if path, err = target(path); err != nil {
		return err
	}
	mode, existing := fs.FileMode(0o666), false
	switch info, err := os.Stat(path); {
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("%s is no ordinary file", path)
	case err == nil:
		mode, existing = info.Mode().Perm(), true
	}
	tmp := path + ".tmp-" + rand.Text()[:10]
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(tmp)
		}
	}()
	err = write(f)
	if err == nil && existing {
		err = f.Chmod(mode) // whatever the umask took away
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(tmp, path); err != nil {
		return err
	}
	syncDir(filepath.Dir(path))
	return nil
}

// target follows the links at path to what they lead to, which need not exist.
func target(path string) (string, error) {
	const most = 40 // as many as Linux follows (path_resolution(7))
	for range most {
		link, err := os.Readlink(path)
		if err != nil {
			return path, nil // no link, or nothing there
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(path), link)
		}
		path = link
	}
	return "", fmt.Errorf("%s is a link that leads to itself", path)
}

// syncDir has the new name survive a loss of power. Not every file system can,
// and the file is whole either way.
func syncDir(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	defer d.Close()
	_ = d.Sync()
}
