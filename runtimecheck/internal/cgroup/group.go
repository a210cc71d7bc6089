package cgroup

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/prometheus/procfs"

	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// A group is where a process stands in one tree of groups.
type group struct {
	version int    // 1 or 2
	top     string // directory of the topmost group that can be seen
	below   string // path from there to the group of the process; empty if it is that one
	hidden  bool   // there are groups above top
}

// dir returns the directory of the group that the process is in.
func (g group) dir() string { return path.Join(g.top, g.below) }

// dirs returns the directories of the groups that hold the process, its own first.
func (g group) dirs() []string {
	dirs := []string{g.top}
	dir := g.top
	for name := range strings.SplitSeq(g.below, "/") {
		if name != "" {
			dir = path.Join(dir, name)
			dirs = append(dirs, dir)
		}
	}
	slices.Reverse(dirs)
	return dirs
}

// groups are where a process stands in all trees.
type groups struct {
	entries []procfs.Cgroup
	mounts  []mount
	target  *target.Target
	found   map[int]place // by the number of the tree
}

type place struct {
	group group
	err   error
}

// A mount is one of a tree of groups, or of a part of one.
type mount struct {
	*procfs.MountInfo
	prefix string // of the mount point, for who looks
}

// memo is the key by which the probes of one look share the groups.
type memo struct{}

// locate reads where the process stands.
func locate(t *target.Target) (*groups, error) {
	return target.Once(t, memo{}, func() (*groups, error) { return read(t) })
}

func read(t *target.Target) (*groups, error) {
	if !t.Local() {
		return nil, system.ErrElsewhere
	}
	proc, err := t.System.Proc()
	if err != nil {
		return nil, err
	}
	p, err := proc.Proc(t.PID)
	if err != nil {
		return nil, err
	}
	entries, err := p.Cgroups()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", t.Proc("cgroup"), err)
	}
	mounts, err := mounts(t, proc, p)
	if err != nil {
		return nil, err
	}
	return &groups{entries: entries, mounts: mounts, target: t, found: make(map[int]place)}, nil
}

// mounts returns the mounts of trees of groups that the process and who looks have.
// Neither has always more: a container sees only itself, but who looks may be in
// another container. The path of a root is in both written as who looks sees it, as is
// that of a group in /proc/PID/cgroup, see cgroup_namespaces(7).
func mounts(t *target.Target, proc procfs.FS, p procfs.Proc) ([]mount, error) {
	if same, err := t.Shares("mnt"); err == nil && same {
		infos, err := p.MountInfo()
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", t.Proc("mountinfo"), err)
		}
		return trees(infos, ""), nil
	}
	own, err := proc.GetMounts()
	if err != nil {
		return nil, fmt.Errorf("reading /proc/self/mountinfo: %w", err)
	}
	all := trees(own, "")
	// To look through its root takes more rights than to read its mountinfo; without
	// them our own mounts, which on a host are all there are, must do.
	if infos, err := p.MountInfo(); err == nil {
		all = append(all, trees(infos, t.Proc("root"))...)
	}
	return all, nil
}

func trees(infos []*procfs.MountInfo, prefix string) []mount {
	var found []mount
	for _, m := range infos {
		if m.FSType == "cgroup" || m.FSType == "cgroup2" {
			m.Root, m.MountPoint = unescape.Replace(m.Root), unescape.Replace(m.MountPoint)
			found = append(found, mount{m, prefix})
		}
	}
	return found
}

// unescape undoes what mountinfo does to names, see proc_pid_mountinfo(5); those of
// systemd's units have backslashes.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\043`, "#", `\134`, `\`)

// of returns where the process stands in the tree that has a controller: "cpu",
// "memory"; or "" for the tree of v2, whatever it has.
func (s *groups) of(controller string) (group, error) {
	unified := -1
	for i, e := range s.entries {
		if controller != "" && slices.Contains(e.Controllers, controller) {
			return s.place(e)
		}
		if e.HierarchyID == 0 && len(e.Controllers) == 0 {
			unified = i
		}
	}
	if unified < 0 {
		return group{}, fmt.Errorf("%s names no group for %s", s.target.Proc("cgroup"), cmp.Or(controller, "cgroup v2"))
	}
	return s.place(s.entries[unified])
}

func (s *groups) place(e procfs.Cgroup) (group, error) {
	if p, ok := s.found[e.HierarchyID]; ok {
		return p.group, p.err
	}
	g, err := s.find(e)
	s.found[e.HierarchyID] = place{g, err}
	return g, err
}

// find looks for the mount that shows the most of what is above a group.
func (s *groups) find(e procfs.Cgroup) (group, error) {
	var candidates []group
	for _, m := range s.mounts {
		version := 1
		if m.FSType == "cgroup2" {
			version = 2
		}
		if below, ok := within(m.Root, e.Path); ok && m.holds(e) {
			candidates = append(candidates, group{version: version, top: path.Join("/", m.prefix, m.MountPoint), below: below})
		}
	}
	slices.SortStableFunc(candidates, func(a, b group) int { return len(b.below) - len(a.below) })
	var errs []error
	for _, g := range candidates {
		// What is mounted may lie under another mount, or beyond our rights.
		if _, err := s.target.List(g.dir()); err != nil {
			errs = append(errs, err)
			continue
		}
		names, err := s.target.List(g.top)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		g.hidden = !g.root(names)
		return g, nil
	}
	if len(errs) > 0 {
		return group{}, fmt.Errorf("looking for the group %s: %w", e.Path, errs[0])
	}
	return group{}, fmt.Errorf("the group %s lies outside of all that is mounted here", e.Path)
}

// holds reports whether the mount is of the tree of an entry of /proc/PID/cgroup.
func (m mount) holds(e procfs.Cgroup) bool {
	if e.HierarchyID == 0 && len(e.Controllers) == 0 {
		return m.FSType == "cgroup2"
	}
	if m.FSType != "cgroup" || len(e.Controllers) == 0 {
		return false
	}
	// A tree of v1 is known by any of its controllers.
	_, ok := m.SuperOptions[e.Controllers[0]]
	return ok
}

// root reports whether files like these are those of the root of the whole tree.
func (g group) root(names []string) bool {
	if g.version == 1 {
		return slices.Contains(names, "release_agent")
	}
	return !slices.Contains(names, "cgroup.events")
}

// within returns the path from root to name, both as /proc writes them: who looks from
// inside a namespace sees what is outside of it as "/../other", and what such steps
// lead past is not known.
func within(root, name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, strings.TrimSuffix(root, "/"))
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	rest = strings.Trim(rest, "/")
	if slices.Contains(strings.Split(rest, "/"), "..") {
		return "", false
	}
	return rest, true
}
