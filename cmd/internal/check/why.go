package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// A Question is what the user wants to know of functions.
type Question struct {
	// Names name the functions as fully as is needed to tell them apart:
	// Match, Engine.Match, (*example.com/app/match.Engine).Match.
	Names  []string
	Effect string // the kind of effect to print; empty: all
}

// WhyFormats are the formats in which [Why] answers.
func WhyFormats() []string { return []string{"text", "json"} }

// Why prints what makes functions hot, or reachable from a request root, and
// what they may do to latency, and returns the exit code.
func Why(ctx context.Context, o Options, q Question, s Streams) (code int, err error) {
	if err := config.OneOf("--format", o.Format, WhyFormats()); err != nil {
		return report.Usage, err
	}
	if err := config.OneOf("--effect", q.Effect, effectNames()); q.Effect != "" && err != nil {
		return report.Usage, err
	}
	format := o.Format
	o.Format = "text" // that of check
	r := &run{Options: o, streams: s, engine: engine.Run, declared: engine.Declarations}
	r.onlyIn = len(o.Patterns) > 0
	if err := r.prepare(); err != nil {
		return report.Usage, err
	}
	return r.why(ctx, q, format)
}

func effectNames() []string {
	var names []string
	for _, k := range effects.Kinds() {
		names = append(names, k.String())
	}
	return names
}

func (r *run) why(ctx context.Context, q Question, format string) (code int, err error) {
	opts := r.engineOptions()
	opts.Heat, opts.NoCanary = true, true
	decls, err := r.declared(ctx, opts, lastNames(q.Names), !r.onlyIn)
	if err != nil {
		return r.failed(ctx, err)
	}
	var asked []engine.Declared
	var unknown error
	for _, name := range q.Names {
		d, err := choose(decls, name)
		if errors.Is(err, errNone) {
			unknown = r.noFunction(ctx, opts, name)
			continue
		}
		if err != nil {
			return report.Usage, err
		}
		asked = append(asked, d)
	}
	if unknown == nil {
		opts.Patterns = packagesOf(asked)
	}
	res, err := r.engine(ctx, opts)
	if err != nil {
		return r.failed(ctx, err)
	}
	rep := &report.Report{Dir: r.here, Folders: folders(res), Problems: res.Problems}
	if unknown != nil && len(res.Problems) == 0 {
		return report.Usage, unknown
	}
	answers := answersOf(asked, q, res)
	if format == "json" {
		if err := report.WhyJSON(r.streams.Out, answers); err != nil {
			return report.Usage, err
		}
		return rep.ExitCode(), report.Problems(r.streams.Err, rep, false)
	}
	return rep.ExitCode(), report.Why(r.streams.Out, rep, answers, r.Color)
}

// errNone says that no function has a name.
var errNone = errors.New("no such function")

// choose returns the declaration that name means. Nearer packages come first:
// who says Get means that of the module, if it has one.
func choose(decls []engine.Declared, name string) (engine.Declared, error) {
	base, literal := cutLiteral(name)
	found := named(decls, base)
	exact := slices.IndexFunc(found, func(d engine.Declared) bool { return bare(d.Func) == bare(base) })
	switch {
	case exact >= 0:
		found = found[exact : exact+1]
	case len(found) > 0:
		rank := found[0].Rank
		found = slices.DeleteFunc(found, func(d engine.Declared) bool { return d.Rank != rank })
	default:
		return engine.Declared{}, errNone
	}
	if len(found) > 1 {
		var names []string
		for _, d := range found {
			names = append(names, "\n    "+d.Func)
		}
		return engine.Declared{}, fmt.Errorf("%q may mean any of %d functions; name one of them more fully:%s", name, len(found), strings.Join(names, ""))
	}
	d := found[0]
	d.Func += literal
	return d, nil
}

// literalNumber is what follows the name of a function in that of a literal in it.
var literalNumber = pattern.New(`\.func\d+(\.\d+)*$`)

// cutLiteral splits the name of a function literal.
func cutLiteral(name string) (function, literal string) {
	if i := literalNumber.Regexp().FindStringIndex(name); i != nil {
		return name[:i[0]], name[i[0]:]
	}
	return name, ""
}

// named returns the functions that name can mean, in their order.
func named(decls []engine.Declared, name string) []engine.Declared {
	want := bare(name)
	var found []engine.Declared
	for _, d := range decls {
		rest, ok := strings.CutSuffix(bare(d.Func), want)
		if ok && (rest == "" || strings.HasSuffix(rest, ".") || strings.HasSuffix(rest, "/")) {
			found = append(found, d)
		}
	}
	return found
}

// lastNames returns the identifiers by which functions are declared.
func lastNames(names []string) []string {
	var last []string
	for _, name := range names {
		name, _ = cutLiteral(bare(name))
		last = append(last, name[strings.LastIndexByte(name, '.')+1:])
	}
	return last
}

// packagesOf returns the packages of functions, each once.
func packagesOf(decls []engine.Declared) []string {
	var paths []string
	for _, d := range decls {
		paths = append(paths, d.Package)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// noFunction returns the error for a name that no function has.
func (r *run) noFunction(ctx context.Context, opts engine.Options, name string) error {
	where := strings.Join(r.Patterns, " ")
	if !r.onlyIn {
		where += ", what that imports, or the standard library"
	}
	// What the user may have meant is one of the module's own functions.
	decls, err := r.declared(ctx, opts, nil, false)
	if err != nil {
		return err
	}
	return fmt.Errorf("no function %q in %s%s", name, where, config.DidYouMean(bare(name), shortNames(decls)))
}

// answersOf joins the functions that were asked about with what is known of them.
func answersOf(asked []engine.Declared, q Question, res *engine.Result) []report.Answer {
	var answers []report.Answer
	for _, d := range asked {
		a := report.Answer{Func: d.Func, Start: d.Start, Kind: q.Effect}
		if i := slices.IndexFunc(res.Heat, func(h finding.Heat) bool { return bare(h.Func) == bare(d.Func) }); i >= 0 {
			a.Heat, a.Func = &res.Heat[i], res.Heat[i].Func
		}
		for _, e := range res.Effects {
			if bare(e.Func) != bare(d.Func) {
				continue
			}
			a.Func, a.Known = e.Func, true
			for _, one := range e.Effects {
				if q.Effect == "" || one.Kind == q.Effect {
					a.Effects = append(a.Effects, one)
				}
			}
		}
		answers = append(answers, a)
	}
	return answers
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
func shortNames(decls []engine.Declared) []string {
	var names []string
	for _, d := range decls {
		name := bare(d.Func)
		name = name[strings.LastIndexByte(name, '/')+1:] // p.T.M
		for {
			names = append(names, name)
			_, rest, ok := strings.Cut(name, ".")
			if !ok {
				break
			}
			name = rest
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
