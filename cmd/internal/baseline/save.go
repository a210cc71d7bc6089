package baseline

import (
	"bytes"
	"fmt"

	"github.com/lagvet/lagvet/cmd/internal/wholefile"
)

// Save writes f to path, through links. Whatever happens meanwhile, at path there
// is what was there before or all of f.
func (f *File) Save(path string) error {
	var b bytes.Buffer
	if err := f.Encode(&b); err != nil {
		return err
	}
	if err := wholefile.Write(path, b.Bytes()); err != nil {
		return fmt.Errorf("writing the baseline %s, which is as it was: %w", path, err)
	}
	return nil
}
