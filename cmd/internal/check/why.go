package check

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/config"
	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// Why prints what makes functions hot, or reachable from a request root, and
// returns the exit code. Functions are named as fully as is needed to tell them
// apart: Match, Engine.Match, (*example.com/app/match.Engine).Match.
func Why(ctx context.Context, o Options, names []string, s Streams) (code int, err error) {
	o.Format = "text"
	r := &run{Options: o, streams: s, engine: engine.Run}
	if err := r.prepare(); err != nil {
		return report.Usage, err
	}
	return r.why(ctx, names)
}

func (r *run) why(ctx context.Context, names []string) (code int, err error) {
	opts := r.engineOptions()
	opts.Heat, opts.NoCanary = true, true
	res, err := r.engine(ctx, opts)
	if err != nil {
		return r.failed(ctx, err)
	}
	rep := &report.Report{Dir: r.here, Folders: folders(res), Problems: res.Problems}
	var found []finding.Heat
	for _, name := range names {
		hs := named(res.Heat, name)
		if len(hs) == 0 && len(res.Problems) == 0 {
			return report.Usage, fmt.Errorf("no function %q in %s%s", name, strings.Join(r.Patterns, " "), config.DidYouMean(bare(name), shortNames(res.Heat)))
		}
		found = append(found, hs...)
	}
	return rep.ExitCode(), report.Why(r.streams.Out, rep, found, r.Color)
}

// named returns the functions that name can mean.
func named(hs []finding.Heat, name string) []finding.Heat {
	want := bare(name)
	var found []finding.Heat
	for _, h := range hs {
		rest, ok := strings.CutSuffix(bare(h.Func), want)
		if ok && (rest == "" || strings.HasSuffix(rest, ".") || strings.HasSuffix(rest, "/")) {
			found = append(found, h)
		}
	}
	return found
}

// bare returns a function's name without parentheses, stars and type parameters,
// which users leave out: p.T.M for (*p.T[E]).M.
func bare(name string) string {
	before, rest, generic := strings.Cut(name, "[")
	if generic {
		_, after, _ := strings.Cut(rest, "]")
		name = before + after
	}
	return strings.NewReplacer("(", "", ")", "", "*", "").Replace(name)
}

// shortNames returns the names of functions by which users may call them.
func shortNames(hs []finding.Heat) []string {
	names := make(map[string]bool)
	for _, h := range hs {
		name := bare(h.Func)
		name = name[strings.LastIndexByte(name, '/')+1:] // p.T.M
		for {
			names[name] = true
			_, rest, ok := strings.Cut(name, ".")
			if !ok {
				break
			}
			name = rest
		}
	}
	return slices.Sorted(maps.Keys(names))
}
