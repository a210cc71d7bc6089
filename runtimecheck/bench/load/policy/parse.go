package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lagvet/lagvet/runtimecheck/bench/load/httptarget"
)

// Parse reads a policy; file is its name in messages, and where paths in it begin.
func Parse(file string, data []byte) (*Policy, error) {
	p := &Policy{File: file}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(p); err != nil && !errors.Is(err, io.EOF) {
		return nil, located(file, err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: there is something behind the policy", file)
	}
	if err := p.valid(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

var unknownField = regexp.MustCompile(`^line (\d+): field (.*) not found in type `)

// located writes each fault of a file as "file:line: what".
func located(file string, err error) error {
	faults, ok := errors.AsType[*yaml.TypeError](err)
	if !ok {
		return fmt.Errorf("%s: %w", file, err)
	}
	var all []error
	for _, text := range faults.Errors {
		if m := unknownField.FindStringSubmatch(text); m != nil {
			text = "line " + m[1] + ": there is no key " + strconv.Quote(m[2]) + " here: see docs/load.md for those there are"
		}
		rest, ok := strings.CutPrefix(text, "line ")
		if ok {
			all = append(all, fmt.Errorf("%s:%s", file, rest))
		} else {
			all = append(all, fmt.Errorf("%s: %s", file, text))
		}
	}
	return errors.Join(all...)
}

// Path returns where a file that the policy names lies.
func (p *Policy) Path(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(p.File), name)
}

// valid finds fault with what the policy says as a whole.
func (p *Policy) valid() error {
	if err := p.validLoad(); err != nil {
		return err
	}
	if err := p.validTarget(); err != nil {
		return err
	}
	plan := p.Plan()
	if err := plan.Valid(); err != nil {
		return err
	}
	return errors.Join(p.validPass(), p.validRecovery(), p.validBaseline())
}

func (p *Policy) validLoad() error {
	switch {
	case len(p.Phases) > 0 && (p.Rate != Rate{} || p.Duration != 0 || p.Burst != nil):
		return errors.New("phases stand in place of rate, duration and burst: leave those out, or phases")
	case len(p.Phases) > 0:
		return p.validPhases()
	case p.Rate.From == 0 && p.Rate.To == 0:
		return errors.New("it has no rate: write rate: 500/s")
	case p.Duration == 0:
		return errors.New("it has no duration: write duration: 60s")
	case p.Burst != nil:
		return p.validBurst()
	}
	return nil
}

func (p *Policy) validPhases() error {
	var names []string
	for i, ph := range p.Phases {
		switch {
		case ph.Name == WarmupName:
			return fmt.Errorf("phases[%d] bears the name of what warmup: makes", i)
		case slices.Contains(names, ph.Name) && ph.Pass != (Limits{}):
			return fmt.Errorf("phases %q are judged as one: write pass: in the first of them", ph.Name)
		}
		names = append(names, ph.Name)
	}
	return nil
}

func (p *Policy) validBurst() error {
	b := p.Burst
	switch {
	case p.Rate.From != p.Rate.To:
		return errors.New("burst: multiplies a rate that is constant: for others, write phases")
	case !(b.Times > 0) || b.Times > 1e6:
		return fmt.Errorf("burst: times is %v, and must be a number such as 3", b.Times)
	case b.For == 0:
		return errors.New("burst: has no for: write for: 10s")
	case b.Every == 0 && p.Duration/2+b.For >= p.Duration:
		return fmt.Errorf("burst: %v from the middle of %v on leaves nothing after it", b.For, p.Duration)
	case b.Every != 0 && b.Every <= b.For:
		return fmt.Errorf("burst: %v every %v is no burst", b.For, b.Every)
	case b.Every != 0 && b.Every+b.For >= p.Duration:
		return fmt.Errorf("burst: the first begins after %v, and does not end within %v", b.Every, p.Duration)
	case b.Every != 0 && p.Duration/b.Every > mostBursts:
		return fmt.Errorf("burst: every %v makes more than %d of them", b.Every, mostBursts)
	}
	return nil
}

// mostBursts bounds what a policy becomes.
const mostBursts = 10_000

func (p *Policy) validTarget() error {
	t := p.Target
	switch {
	case t.Body != "" && t.BodyFile != "":
		return errors.New("target: has body and body-file: one of them")
	case t.HTTP != "" && !slices.Contains(httptarget.Protocols(), t.HTTP):
		return fmt.Errorf("target: http is %q, and must be %s", t.HTTP, strings.Join(httptarget.Protocols(), ", "))
	case t.Connections < 0 || t.Connections > 1024:
		return fmt.Errorf("target: connections is %d, and must be between 1 and 1024", t.Connections)
	}
	return nil
}

func (p *Policy) validPass() error {
	if p.Pass == (Pass{}) && p.Baseline == nil {
		for _, ph := range p.Phases {
			if ph.Pass != (Limits{}) {
				return nil
			}
		}
		if p.Burst == nil || p.Burst.Pass == (Limits{}) {
			return errors.New("it has nothing to pass by: write pass: with limits such as p99: 20ms, errors: 0")
		}
	}
	return nil
}

func (p *Policy) validRecovery() error {
	r := p.Recovery
	if r.Factor != 0 && !(r.Factor >= 1) || r.Factor > 1e6 {
		return fmt.Errorf("recovery: factor is %v, and must be 1 or more", r.Factor)
	}
	if p.Pass.Recovery == nil {
		if r != (Recovery{}) {
			return errors.New("recovery: says how, and nothing requires it: write pass: {recovery: 30s}")
		}
		return nil
	}
	plan := p.Plan()
	for i, ph := range plan.Phases {
		if ph.Name == p.burstName() && i+1 < len(plan.Phases) {
			return nil
		}
	}
	return fmt.Errorf("pass: requires recovery, and there is no phase %q with another behind it: write burst:, or recovery: {after: NAME}", p.burstName())
}

func (p *Policy) validBaseline() error {
	b := p.Baseline
	switch {
	case b == nil:
	case b.File == "":
		return errors.New("baseline: names no file")
	case b.P50 == nil && b.P95 == nil && b.P99 == nil && b.P999 == nil:
		return errors.New("baseline: limits nothing: write p99: +15%")
	}
	return nil
}

// burstName is the phase that recovery is measured after.
func (p *Policy) burstName() string {
	if p.Recovery.After != "" {
		return p.Recovery.After
	}
	return BurstName
}

// hold is for how many intervals a recovery must hold.
func (p *Policy) hold() int {
	interval := p.Plan().Interval
	if interval == 0 {
		interval = time.Second
	}
	hold := time.Duration(p.Recovery.Hold)
	if hold == 0 {
		hold = DefaultHold
	}
	return int((hold + interval - 1) / interval)
}
