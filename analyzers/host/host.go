package host

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/limits"
	"github.com/lagvet/lagvet/analyzers/internal/policy"
)

// Options say what a host wants of lagvet.
type Options struct {
	Dir    string // where it runs; relative paths start here. Empty: the current directory
	Config string // the configuration file; empty: the nearest .lagvet.yml from Dir upward
	// Rules are the rules to run, of those that the configuration does not turn
	// off; empty: all of them. What is wrong with directives, and what could not
	// be checked, is reported whatever they are.
	Rules []string
	// Without are rules that the host leaves out because it lacks what they
	// need. They are off, and not reported as unchecked either: whoever leaves
	// them out has to say so.
	Without []string
	// Bare has neither a configuration nor a profile read: for a host that must
	// go on where Analyzers failed.
	Bare bool
	// Profiles are CPU profiles that tell what is hot, besides those that the
	// configuration names and each default.pgo beside a main package.
	Profiles []string
	// Inline asks for the chain of a finding in its message, for hosts that
	// show nothing but messages.
	Inline bool
}

// Analyzers returns the analyzers that a host is to run: the rules that are on,
// [analyzers.Notices], and one that reports nothing and whose name is the digest
// of what the results depend on besides the code.
func Analyzers(o Options) ([]*analysis.Analyzer, error) {
	c, err := o.read()
	if err != nil {
		return nil, err
	}
	rules, err := o.rules(c)
	if err != nil {
		return nil, err
	}
	profiles, err := o.profiles(c)
	if err != nil {
		return nil, err
	}
	if err := once.set(o, c, profiles); err != nil {
		return nil, err
	}
	return append(rules, analyzers.Notices, policy.Analyzer), nil
}

// read reads the configuration, and turns the rules off that o is without.
func (o Options) read() (*config.Config, error) {
	c, err := o.load()
	if err != nil || len(o.Without) == 0 {
		return c, err
	}
	rules := maps.Clone(c.Rules)
	if rules == nil {
		rules = make(map[string]config.Rule)
	}
	for _, name := range o.Without {
		r := rules[name]
		r.Off = true
		rules[name] = r
	}
	c.Rules = rules
	return c, nil
}

func (o Options) load() (*config.Config, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("looking for the directory to run in: %w", err)
	}
	if o.Bare {
		return &config.Config{Dir: dir}, nil
	}
	if o.Config == "" {
		return config.In(dir, os.Getenv("GOWORK"), analyzers.Catalogue())
	}
	path := o.Config
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return config.Load(path, analyzers.Catalogue())
}

// rules returns those that are on, in the order of the catalogue.
func (o Options) rules(c *config.Config) ([]*analysis.Analyzer, error) {
	var on []*analysis.Analyzer
	var known []string
	for _, r := range analyzers.All() {
		known = append(known, r.Name)
		if c.On(r.Name) && (len(o.Rules) == 0 || slices.Contains(o.Rules, r.Name)) {
			on = append(on, r.Relay)
		}
	}
	for _, name := range slices.Concat(o.Rules, o.Without) {
		if err := config.OneOf("a rule", name, known); err != nil {
			return nil, err
		}
	}
	return on, nil
}

// profiles returns the paths of the CPU profiles, absolute.
func (o Options) profiles(c *config.Config) ([]string, error) {
	if o.Bare {
		return nil, nil
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("looking for the directory to run in: %w", err)
	}
	paths := slices.Clone(c.Profile)
	for _, p := range o.Profiles {
		if !filepath.IsAbs(p) {
			p = filepath.Join(dir, p)
		}
		paths = append(paths, p)
	}
	for _, root := range modules(config.Root(dir, os.Getenv("GOWORK"))) {
		Walk(root, nil, func(file string) {
			if filepath.Base(file) == hotpath.DefaultProfile && hotpath.BesideMain(file) {
				paths = append(paths, file)
			}
		})
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// Configure tells the analyzers what findings depend on in the configuration,
// and the CPU profiles, by their flags. [Assume] tells them the rest.
func Configure(a config.Analysis, profiles []string) error {
	for name, value := range map[string]string{
		hotpath.ProfileFlag: strings.Join(profiles, ","),
		hotpath.HotFlag:     config.Names(a.Hot),
		hotpath.RootsFlag:   config.Names(a.Roots),
		hotpath.StrictFlag:  fmt.Sprint(a.Strict),
	} {
		if err := hotpath.Analyzer.Flags.Set(name, value); err != nil {
			return fmt.Errorf("telling what is hot: %w", err)
		}
	}
	text, err := a.Limits()
	if err != nil {
		return err
	}
	if err := limits.Analyzer.Flags.Set(limits.Flag, text); err != nil {
		return fmt.Errorf("telling what functions may cost: %w", err)
	}
	for _, r := range analyzers.All() {
		for name, value := range a.Options[r.Name] {
			if err := r.Flags.Set(name, value); err != nil {
				return fmt.Errorf("setting %s of %s: %w", name, r.Name, err)
			}
		}
	}
	return nil
}

// Assume tells the analysis of effects what the configuration states of
// functions. It changes facts, those of the standard library too.
func Assume(as []config.Assume) error {
	var entries []string
	for _, a := range as {
		kinds := cmp.Or(strings.Join(a.Effects, ","), "none")
		entries = append(entries, a.Func+"="+kinds)
	}
	if err := effects.Analyzer.Flags.Set(effects.AssumeFlag, strings.Join(entries, ";")); err != nil {
		return fmt.Errorf("telling what is assumed: %w", err)
	}
	return nil
}

// Report tells the rules what the user wants to hear; inline asks for chains in
// the messages.
func Report(c *config.Config, inline bool) error {
	text, err := c.Reporting(inline)
	if err != nil {
		return err
	}
	if err := policy.Analyzer.Flags.Set(policy.Flag, text); err != nil {
		return fmt.Errorf("telling what is reported: %w", err)
	}
	return nil
}

// once is the state of this process's analyzers.
var once setting

// A setting is what the analyzers were told.
type setting struct {
	mu   sync.Mutex
	told digests // the zero value: nothing
}

// set tells the analyzers. That they were told something else before is an
// error: results of both would be kept under one name.
func (s *setting) set(o Options, c *config.Config, profiles []string) error {
	d, err := digestsOf(o, c, profiles)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.told == d {
		return nil
	}
	if s.told != (digests{}) {
		return errors.New("lagvet was set up in two ways in one process: give all its linters the same settings but for the rules")
	}
	if err := errors.Join(Assume(c.Assume), Configure(c.Analysis, profiles), Report(c, o.Inline)); err != nil {
		return err
	}
	d.name()
	s.told = d
	return nil
}

// digests are of what results depend on besides the code, each of all that the one
// before it is of and more. Facts of the standard library are dear, so what does
// not change them does not change the name under which they are kept.
type digests struct {
	effects string // the profiles, which tell what is cold, and what is assumed
	facts   string // all of the configuration but for what is reported
	results string
}

func digestsOf(o Options, c *config.Config, profiles []string) (digests, error) {
	var d digests
	h := sha256.New()
	for _, p := range profiles {
		data, err := os.ReadFile(p)
		if err != nil {
			return d, fmt.Errorf("reading a CPU profile: %w", err)
		}
		fmt.Fprintf(h, "%s %x\n", p, sha256.Sum256(data))
	}
	assumed, _, err := config.Analysis{Assume: c.Assume}.Bytes()
	if err != nil {
		return d, err
	}
	analysed, _, err := c.Bytes()
	if err != nil {
		return d, err
	}
	reported, err := c.Reporting(o.Inline)
	if err != nil {
		return d, err
	}
	d.effects = digest(h, string(assumed))
	d.facts = digest(h, string(analysed))
	d.results = digest(h, reported)
	return d, nil
}

// digestLength is how many hexadecimal digits of a SHA-256 tell configurations
// apart: with 64 bits, two of a million differ with all but certainty.
const digestLength = 16

// digest returns a digest of what was written to h, and of text.
func digest(h hash.Hash, text string) string {
	fmt.Fprintln(h, text)
	return hex.EncodeToString(h.Sum(nil))[:digestLength]
}

// name puts the digests into the names of the analyzers whose facts, or whose
// results, depend on what they are of.
func (d digests) name() {
	policy.Analyzer.Name += "_" + d.results
	effects.Analyzer.Name += "_" + d.effects
	for _, r := range analyzers.All() {
		r.Analyzer.Name += "_" + d.facts
	}
}
