package goroutines

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// most bounds how many places a reader is shown.
const most = 10

// A snap is a snapshot of the goroutines of a target.
type snap struct {
	sites []target.Site
	err   error
}

func snapshot(ctx context.Context, t *target.Target) snap {
	if t.Goroutines == nil {
		return snap{}
	}
	s, err := t.Goroutines(ctx)
	return snap{s, err}
}

// snapshots compares a snapshot with one before, or with that of the look before.
func snapshots(ctx context.Context, t *target.Target, before *snap, over time.Duration) posture.Observation {
	const source = "pprof's profile goroutine, two snapshots"
	if t.Goroutines == nil {
		return unasked(t, sites, source)
	}
	now := snapshot(ctx, t)
	grown, compared := more(t, now.sites)
	if before != nil {
		grown, compared = compare(before.sites, now.sites), before.err == nil
		now.err = cmp.Or(before.err, now.err)
	}
	switch {
	case now.err != nil:
		return posture.Hidden(sites, source, now.err.Error())
	case !compared:
		o := posture.Hidden(sites, source, "growth is seen between two looks")
		o.Mend = "look twice: --watch 30s"
		return o
	}
	return largest(grown, source, over)
}

// A change is by how much the goroutines of a site have grown in number.
type change struct {
	site target.Site
	by   int
}

// more compares sites with those of the look before; compared is false if there was
// none.
func more(t *target.Target, now []target.Site) (grown []change, compared bool) {
	_, compared = t.Since(sites, 1)
	for _, s := range now {
		by, _ := t.Since(sites+" "+s.Start, float64(s.Count))
		grown = append(grown, change{s, int(by)})
	}
	return grown, compared
}

func compare(before, now []target.Site) []change {
	had := make(map[string]int)
	for _, s := range before {
		had[s.Start] += s.Count
	}
	var grown []change
	for _, s := range now {
		grown = append(grown, change{s, s.Count - had[s.Start]})
	}
	return grown
}

// largest observes the site that has grown most.
func largest(grown []change, source string, over time.Duration) posture.Observation {
	grown = slices.DeleteFunc(grown, func(c change) bool { return c.by <= 0 })
	slices.SortFunc(grown, func(a, b change) int {
		return cmp.Or(cmp.Compare(b.by, a.by), strings.Compare(a.site.Start, b.site.Start))
	})
	o := posture.Number(sites, 0, source, posture.Runtime)
	period := over.Round(time.Millisecond)
	if len(grown) == 0 {
		o.Current = fmt.Sprintf("none grew in %v", period)
		return o
	}
	top := grown[0]
	o.Value = float64(top.by)
	o.Current = fmt.Sprintf("%+d in %v of %s", top.by, period, top.site.Start)
	o.Details = list(grown, func(c change) string {
		return fmt.Sprintf("%+d to %d of %s%s", c.by, c.site.Count, c.site.Start, waiting(c.site))
	})
	return o
}

func waiting(s target.Site) string {
	if len(s.Waits) == 0 {
		return ""
	}
	return ", now " + strings.Join(s.Waits, ", ")
}

// list writes the first of many for a reader, and says how many were left out.
func list[T any](all []T, line func(T) string) []string {
	var lines []string
	for _, x := range all[:min(len(all), most)] {
		lines = append(lines, line(x))
	}
	if n := len(all) - most; n > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", n))
	}
	return lines
}
