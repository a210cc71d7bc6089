package evidence

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/git"
)

// An executable is the one that evidence was taken from.
type executable struct {
	name    string // as it was given
	info    *debug.BuildInfo
	buildID string // in hexadecimal digits, as profiles have it; empty if it has none
}

func openBinary(name, path string) (*executable, error) {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the executable %s: %w", name, err)
	}
	return &executable{name, info, gnuBuildID(path)}, nil
}

// gnuBuildID returns the build id of an ELF file, or "". The go command gives one
// to what it links for Linux since Go 1.24; profiles have it of the executable.
func gnuBuildID(path string) string {
	f, err := elf.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	section := f.Section(".note.gnu.build-id")
	if section == nil {
		return ""
	}
	note, err := section.Data()
	if err != nil {
		return ""
	}
	return idOfNote(note, f.ByteOrder.Uint32)
}

// idOfNote returns the build id in a note of an ELF file: three words (the length
// of the name, that of the id, the type), the name, the id.
func idOfNote(note []byte, word func([]byte) uint32) string {
	const head, name = 12, "GNU\x00"
	if len(note) < head+len(name) || word(note) != uint32(len(name)) || !bytes.HasPrefix(note[head:], []byte(name)) {
		return ""
	}
	id := note[head+len(name):]
	if n := word(note[4:]); uint64(n) <= uint64(len(id)) {
		return hex.EncodeToString(id[:n])
	}
	return ""
}

// check returns a problem if the executable is not of the main modules, and notes
// what else may keep lines from agreeing.
func (b *executable) check(ctx context.Context, p Program, rep *Report) *finding.Problem {
	main := b.info.Main.Path
	i := slices.IndexFunc(p.Modules, func(m Module) bool { return m.Path == main })
	if i < 0 && len(p.Modules) > 0 {
		return &finding.Problem{
			Message: fmt.Sprintf("the evidence was not joined: %s is a program of module %s, not of %s", b.name, main, modulesOf(p)),
			Remedy:  "name the executable that the evidence was taken from, built from this module, or leave the evidence out",
		}
	}
	if b.buildID == "" {
		rep.Notes = append(rep.Notes, b.name+" has no build id: that the evidence was taken from it is not known")
	}
	if i < 0 {
		return nil
	}
	built := b.setting("vcs.revision")
	head := headOf(ctx, p.Modules[i].Dir)
	switch {
	case built == "" || head == "":
	case built != head:
		rep.Notes = append(rep.Notes, fmt.Sprintf("%s was built from %s, and these sources are of %s: lines are taken by their distance from the beginning of their function", b.name, brief(built), brief(head)))
	case b.setting("vcs.modified") == "true":
		rep.Notes = append(rep.Notes, fmt.Sprintf("%s was built from %s with changes that were not committed", b.name, brief(built)))
	}
	return nil
}

func (b *executable) setting(key string) string {
	for _, s := range b.info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// headOf returns the hash of the commit that is checked out, or "".
func headOf(ctx context.Context, dir string) string {
	head, err := git.Dir{Path: dir}.Line(ctx, "rev-parse", "--verify", "HEAD")
	if err != nil {
		return ""
	}
	return head
}

// refuse returns a problem if a source is of another build than the executable.
func (b *executable) refuse(s *source) *finding.Problem {
	if b == nil || b.buildID == "" || s.buildID == "" || b.buildID == s.buildID {
		return nil
	}
	return &finding.Problem{
		Message: fmt.Sprintf("%s is no evidence: it is of the build %s, and %s is %s", s.name, brief(s.buildID), b.name, brief(b.buildID)),
		Remedy:  "name the executable that it was taken from with --binary, or leave it out",
	}
}
