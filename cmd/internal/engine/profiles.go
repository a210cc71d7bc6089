package engine

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// A profile is a CPU profile as the tool is given it: a digest of it, in the
// user's cache, because each unit is analysed by a process of its own and would
// have to parse the whole.
type profile struct {
	name string // as findings call it
	vettool.Hashed
}

// readProfiles digests the profiles that were given, and the default.pgo of each
// main package. One that was given and cannot be read is an error in the
// command line; with a default.pgo it is a problem.
func (c *check) readProfiles() error {
	for _, p := range c.opts.Profiles {
		if !filepath.IsAbs(p) {
			p = filepath.Join(c.opts.Dir, p)
		}
		if err := c.readProfile(p); err != nil {
			return err
		}
	}
	for _, p := range c.defaultProfiles() {
		if err := c.readProfile(p); err != nil {
			c.problems = append(c.problems, finding.Problem{
				Place:   finding.Place{File: p},
				Message: fmt.Sprintf("what is hot by %s is not known: %v", c.profileName(p), err),
				Remedy:  "take a new CPU profile, or remove the file",
			})
		}
	}
	return nil
}

// defaultProfiles returns the default.pgo of each main package, and those that
// only an older version has.
func (c *check) defaultProfiles() []string {
	found := slices.Clone(c.tree.profiles)
	for p := range c.opts.Overlay {
		if filepath.Base(p) == hotpath.DefaultProfile && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	slices.Sort(found)
	return slices.DeleteFunc(found, func(p string) bool { return !hotpath.BesideMain(p) })
}

// readProfile digests a profile, as it was in the version that is checked. One
// that did not exist then counts all the same: what is hot now was so before
// anybody measured it.
func (c *check) readProfile(path string) error {
	name := c.profileName(path)
	if slices.ContainsFunc(c.profiles, func(p profile) bool { return p.name == name }) {
		return nil
	}
	file := cmp.Or(c.overlay.Replace[path], path)
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading the profile: %w", err)
	}
	p, err := digest(file, name, data, c.opts.Tool)
	if err != nil {
		return err
	}
	c.profiles = append(c.profiles, p)
	return nil
}

// profileName is the path of a profile as findings call it: from the root of
// the main module that it lies in, so that it does not change with the directory
// that lagvet is run in, or else as it is.
func (c *check) profileName(path string) string {
	path = original(path)
	name := path
	for _, m := range c.modules {
		if rel, ok := within(path, original(m.Dir)); ok && len(rel) < len(name) {
			name = filepath.ToSlash(rel)
		}
	}
	return name
}

// digest returns the digest of a profile's content, made now or before. Where it
// cannot be kept, the tool is given the profile itself.
func digest(path, name string, data []byte, tool string) (profile, error) {
	id, err := vettool.BuildID(tool) // the form of digests may change
	if err != nil {
		return profile{}, err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", id, name)
	h.Write(data)
	sum := hex.EncodeToString(h.Sum(nil))
	p := profile{name, vettool.Hashed{Path: path, SHA256: sum}}

	dir, err := cacheDir("profile")
	if err != nil {
		return p, nil
	}
	file := filepath.Join(dir, sum)
	if _, err := os.Stat(file); err == nil {
		p.Path = file
		return p, nil
	}
	var digested bytes.Buffer
	if err := hotpath.Digest(&digested, name, bytes.NewReader(data)); err != nil {
		return p, err
	}
	clearAway(dir)
	if writeWhole(file, digested.Bytes()) == nil {
		p.Path = file
	}
	return p, nil
}

// cacheDir returns the directory for one kind of file in the user's cache.
func cacheDir(kind string) (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "lagvet", kind)
	return dir, os.MkdirAll(dir, 0o777)
}

// cacheAge is how long an entry of the cache is kept.
const cacheAge = 30 * 24 * time.Hour

// clearAway removes old entries. One that is still of use is made again.
func clearAway(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > cacheAge {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// writeWhole writes a file so that others see all of it or nothing.
func writeWhole(file string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".new-")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// strangers tells of profiles of which no function is in the main modules: they
// make nothing hot. Whether a package main is the one of the profile can be said
// only if the packages main are among those asked for.
func (c *check) strangers(asked packageSet) []finding.Problem {
	if len(c.modules) == 0 {
		return nil
	}
	var paths []string
	for _, m := range c.modules {
		paths = append(paths, m.Path)
	}
	commands := asked.commands()
	if len(commands) == 0 {
		return nil
	}
	var ps []finding.Problem
	for _, p := range c.profiles {
		opened, err := hotpath.Open(p.Path)
		if err == nil && opened.Concerns(paths, commands) {
			continue
		}
		message := fmt.Sprintf("the profile %s has no time in any function of this module: it is of another program, or of before its packages were renamed", p.name)
		if err != nil {
			message = fmt.Sprintf("the profile %s cannot be read: %v", p.name, err)
		}
		ps = append(ps, finding.Problem{
			Message: message,
			Remedy:  "take a new CPU profile of this program, or leave the profile out",
		})
	}
	return ps
}
