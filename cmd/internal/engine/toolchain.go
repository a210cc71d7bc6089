package engine

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Toolchain returns the release of Go, as go env GOVERSION prints it, that the go
// command would use if file, a go.mod or a go.work, had this text.
func Toolchain(ctx context.Context, opts Options, file string, text []byte) (string, error) {
	dir, err := os.MkdirTemp("", "lagvet-")
	if err != nil {
		return "", fmt.Errorf("making a temporary directory: %w", err)
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, filepath.Base(file))
	if err := os.WriteFile(copied, text, 0o600); err != nil {
		return "", fmt.Errorf("copying %s: %w", file, err)
	}
	work := "off"
	if filepath.Base(file) == "go.work" {
		work = copied
	}
	opts.Dir = dir
	cmd := goCommand(ctx, opts, "env", "GOVERSION")
	cmd.Env = append(cmd.Env, "GOWORK="+work, "GOFLAGS=")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("asking for the toolchain of %s: %w: %s", file, err, firstLine(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}
