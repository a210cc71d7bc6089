package maturity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lagvet/lagvet/maturity/internal/ci"
	"github.com/lagvet/lagvet/maturity/internal/prove"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A Trial is a gate of the repository that can be tried: its own command is run, as it
// is and with a fault that it is there to find.
type Trial struct {
	Control string
	Command string // of the repository, which is run
	About   string // the gate, its place, and what is planted where

	plan prove.Plan
}

// tried is how a control is tried: by gates of a kind, for rules of lagvet's, or for
// goroutines that tests leave over.
type tried struct {
	control string
	kind    ci.Kind
	rules   []string
	leaks   bool
}

// Trials returns what [Prove] would run. It runs nothing.
func Trials(m *Model, in Input) ([]Trial, error) {
	e, _, err := collect(in)
	if err != nil {
		return nil, err
	}
	defer e.tree.Close()
	var all []Trial
	for _, how := range e.hows(m) {
		kinds := []ci.Kind{how.kind}
		if how.leaks {
			kinds = nil
		}
		for _, p := range prove.Plans(e.tree, e.ci, kinds, how.rules, how.leaks) {
			all = append(all, Trial{Control: how.control, Command: p.Command(), About: p.String(), plan: p})
		}
	}
	return all, nil
}

// hows are the ways in which controls are tried.
func (e *evidence) hows(m *Model) []tried {
	var all []tried
	for _, t := range m.Tracks {
		for _, c := range t.Controls {
			switch c.Check {
			case "ci.race":
				all = append(all, tried{control: c.ID, kind: ci.Race})
			case "ci.leaks":
				all = append(all, tried{control: c.ID, leaks: true})
			case "ci.lagvet":
				kind := ci.Lagvet
				if e.ci.Lagvet(t.Rules).Status != verdict.Pass && e.linting(t).Status == verdict.Pass {
					kind = ci.GolangciLint // what runs the rules
				}
				all = append(all, tried{control: c.ID, kind: kind, rules: t.Rules})
			case "ci.tidy":
				all = append(all, tried{control: c.ID, kind: ci.ModVerify}, tried{control: c.ID, kind: ci.Tidy})
			case "ci.vulnerabilities":
				all = append(all, tried{control: c.ID, kind: ci.Vulnerability})
			case "prove.enforce":
				all = append(all, tried{control: c.ID, kind: ci.Enforce, rules: e.Enforce.Rules})
			}
		}
	}
	return all
}

// Prove runs the trials in a clone of the commit, each command for no longer than
// timeout, and returns what came of them by control: proven if every trial of it
// is, a failure if a gate does not bite. tell is called before each.
func Prove(ctx context.Context, in Input, trials []Trial, timeout time.Duration, tell func(Trial)) (results map[string]verdict.Result, err error) {
	if len(trials) == 0 {
		return nil, nil
	}
	if in.Repository.Commit == "" {
		return nil, errors.New("gates are tried in a clone of a commit, and there is none")
	}
	r, err := prove.New(ctx, in.Dir, in.Repository.Commit, timeout)
	if err != nil {
		return nil, fmt.Errorf("trying gates: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	results = make(map[string]verdict.Result)
	for _, t := range trials {
		tell(t)
		res := r.Try(ctx, t.plan).Result()
		if known, ok := results[t.Control]; ok {
			res = both(known, res)
			res.Run = known.Run
			if res.Status == verdict.Pass {
				res.Grade = verdict.Proven
			}
		}
		results[t.Control] = res
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return results, nil
}
