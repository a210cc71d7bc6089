package timetable

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/timesheet"
	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// Endpoints returns what the packages answer, in the order of packages and places, with
// the calls that each endpoint comes to. A place is read by at.
func Endpoints(sheets []*timesheet.Sheet, at func(posn, text string) verdict.Place) []budgets.Endpoint {
	t := &table{newProgram(sheets), at}
	var list []budgets.Endpoint
	for _, s := range sheets {
		for _, r := range s.Routes {
			list = append(list, t.endpoint(s, r))
		}
	}
	return list
}

type table struct {
	*program
	at func(posn, text string) verdict.Place
}

func (t *table) endpoint(s *timesheet.Sheet, r timesheet.Route) budgets.Endpoint {
	r.Partial = r.Partial && (t.mounts || !r.Root)
	e := budgets.Endpoint{Name: nameOf(r), Path: r.Pattern, At: t.at(r.Posn, "")}
	if i := strings.IndexAny(r.Pattern, "{:*"); i >= 0 {
		e.Path = r.Pattern[:max(strings.LastIndexByte(r.Pattern[:i], '/'), 1)]
	}
	if r.Partial {
		e.Path = ""
	}
	if r.RPC != "" {
		e.Path = "/" + r.RPC
	}
	for _, m := range t.programs(s.Package) {
		e.Programs = append(e.Programs, programName(m.Package))
	}
	all := result{span: span{inherits: true}}
	for _, h := range t.handlers(r) {
		one := t.of(h)
		all.leaves = append(all.leaves, one.leaves...)
		all.span.add(one.span)
		all.extends = all.extends || one.extends
		all.unfollowed += one.unfollowed
	}
	for _, l := range r.Limits {
		if all.span.inherits && l.State == timesheet.Known && cancels(l.What) {
			all.span.bound(l.Time)
		}
	}
	e.Unfollowed, e.Sequence = all.unfollowed, all.span.time
	t.limit(&e, s, r, all.extends)
	for _, l := range settle(all.leaves) {
		e.Calls = append(e.Calls, t.call(l, r))
	}
	return e
}

func nameOf(r timesheet.Route) string {
	if r.RPC != "" {
		return r.RPC
	}
	name := r.Pattern
	if r.Partial {
		name = "…" + name
	}
	return strings.TrimSpace(cmp.Or(r.Method, "ANY") + " " + name)
}

// handlers returns the functions that run for a request.
func (t *table) handlers(r timesheet.Route) []string {
	names := slices.Clone(r.Handlers)
	for _, f := range r.Returned {
		if fn := t.funcs[f]; fn != nil {
			names = append(names, fn.Returns...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// limit says what bounds the whole answer: the shortest of its middlewares and of the
// server, which a handler may tell to wait.
func (t *table) limit(e *budgets.Endpoint, s *timesheet.Sheet, r timesheet.Route, extends bool) {
	limits := slices.Clone(r.Limits)
	if r.RPC == "" && !extends {
		limits = append(limits, t.serverLimit(s.Package, r))
	}
	for _, l := range limits {
		switch {
		case l.State == timesheet.Unknown:
			e.Unknown = true
		case l.State == timesheet.Known && (e.Limit == 0 || l.Time < e.Limit):
			e.Limit, e.By, e.At = l.Time, l.What, t.at(l.Posn, l.What)
		}
	}
}

// serverLimit says what the server of a route gives an answer: the longest, if it may be
// one of several that all give some time.
func (t *table) serverLimit(pkg string, r timesheet.Route) timesheet.Amount {
	servers, sure := t.servers(pkg, r)
	if len(servers) == 0 {
		return timesheet.Amount{State: timesheet.Unknown, What: "WriteTimeout"}
	}
	most := servers[0].Write
	for _, v := range servers[1:] {
		switch {
		case v.Write.State != most.State || !sure && v.Write.Time != most.Time:
			return timesheet.Amount{State: timesheet.Unknown, What: "WriteTimeout"}
		case v.Write.Time > most.Time:
			most = v.Write
		}
	}
	return most
}

// cancels are the middlewares and wrappers that give the context of the request their
// deadline, by the end of their names; what others do at the end of their time is not
// known.
func cancels(what string) bool {
	return slices.ContainsFunc([]string{"http.TimeoutHandler", "middleware.Timeout", "ContextTimeout", "ContextTimeoutWithConfig", "TimeoutWithConfig"}, func(s string) bool { return strings.HasSuffix(what, s) })
}

// call translates a leaf of an endpoint.
func (t *table) call(l leaf, r timesheet.Route) budgets.Call {
	for _, m := range r.Limits {
		if !l.inherits {
			break
		}
		if !cancels(m.What) {
			m = timesheet.Amount{State: timesheet.Unknown}
		}
		if l.tries == 1 {
			l.one = bound(l.one, m)
		}
		l.all = bound(l.all, m)
	}
	to := t.textOf(l.ask.To, 0)
	c := budgets.Call{
		Kind: l.ask.Kind, By: l.ask.By, RPC: l.ask.RPC, From: to.From, Path: l.ask.Path,
		At:    t.at(l.posn, l.ask.By),
		Aside: l.aside, Each: l.loop,
		Attempts: l.tries, Manifold: l.tries == 0,
	}
	c.Host = hostOf(to)
	if l.retry != "" {
		c.RetryAt = t.at(l.retry, "")
	}
	for _, s := range l.chain {
		c.Chain = append(c.Chain, t.at(s.Posn, s.Text))
	}
	t.times(&c, l)
	return c
}

// times fills in what bounds a call. What all attempts have together counts only where
// it is less than what each has, times their number.
func (t *table) times(c *budgets.Call, l leaf) {
	set := l.one
	if l.one.State == timesheet.Known {
		c.Limit = l.one.Time
	}
	if l.all.State == timesheet.Known && (l.one.State != timesheet.Known || l.tries == 0 || l.all.Time < l.one.Time*time.Duration(l.tries)) {
		c.Whole, set = l.all.Time, l.all
	}
	if set.State == timesheet.Known {
		c.LimitAt, c.LimitBy = t.at(set.Posn, set.What), set.What
	}
	c.Unknown = l.one.State == timesheet.Unknown && c.Whole == 0
}

// hostOf returns the host that a URL or an address names, or "".
func hostOf(t timesheet.Text) string {
	s := t.Const
	_, rest, url := strings.Cut(s, "://")
	if url {
		s = strings.TrimLeft(rest, "/")
	}
	host, _, path := strings.Cut(s, "/")
	switch {
	case host == "" || strings.HasPrefix(host, ":") || strings.ContainsAny(host, "%{ "):
		return ""
	case !url && (path || !strings.ContainsAny(host, ".:")) && !t.Whole:
		return ""
	case !t.Whole && !path && !strings.Contains(host, ":"):
		return "" // it may go on
	}
	return host
}
