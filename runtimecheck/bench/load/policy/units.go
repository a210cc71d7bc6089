package policy

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// A Duration is written "15ms".
type Duration time.Duration

// A Rate is written "500/s", or "100/s to 500/s" where it goes evenly from one to the
// other: calls in a second.
type Rate struct{ From, To float64 }

// A Percent is written "65%", and in a baseline "+15%": a part of 1.
type Percent float64

// Errors are the calls that may fail: "10" of all, or "0.1%".
type Errors struct {
	Count int64
	Share float64 // a part of 1; if Percent
	// Percent says that the share counts.
	Percent bool
}

// Bytes are written "512MiB".
type Bytes int64

// Statuses are written 200, or [200, 404].
type Statuses []int

// scalar returns the text of a value.
func scalar(n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return "", at(n, "a value is missing")
	}
	return strings.TrimSpace(n.Value), nil
}

// at returns an error as the parser's own are, so that all of a file are told.
func at(n *yaml.Node, format string, args ...any) error {
	return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %s", n.Line, fmt.Sprintf(format, args...))}}
}

// UnmarshalYAML reads a duration.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	s, err := scalar(n)
	if err != nil {
		return err
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return at(n, "%q is no duration: write it with its unit, 15ms, 30s, 60m", s)
	}
	*d = Duration(v)
	return nil
}

func (d Duration) String() string { return time.Duration(d).String() }

// UnmarshalYAML reads a rate.
func (r *Rate) UnmarshalYAML(n *yaml.Node) error {
	s, err := scalar(n)
	if err != nil {
		return err
	}
	from, to, ramp := strings.Cut(s, " to ")
	if !ramp {
		to = from
	}
	var ok1, ok2 bool
	r.From, ok1 = perSecond(from)
	r.To, ok2 = perSecond(to)
	if !ok1 || !ok2 {
		return at(n, "%q is no rate: write 500/s, 30/m, or 100/s to 500/s for one that grows", s)
	}
	return nil
}

func perSecond(s string) (float64, bool) {
	number, unit, _ := strings.Cut(strings.TrimSpace(s), "/")
	v, err := strconv.ParseFloat(number, 64)
	seconds := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	if err != nil || seconds == 0 || !(v >= 0) || math.IsInf(v, 0) {
		return 0, false
	}
	return v / seconds, true
}

func (r Rate) String() string {
	if r.From == r.To {
		return fmt.Sprintf("%.6g/s", r.From)
	}
	return fmt.Sprintf("%.6g/s to %.6g/s", r.From, r.To)
}

// UnmarshalYAML reads a percentage.
func (p *Percent) UnmarshalYAML(n *yaml.Node) error {
	s, err := scalar(n)
	if err != nil {
		return err
	}
	v, ok := percent(strings.TrimPrefix(s, "+"))
	if !ok {
		return at(n, "%q is no percentage: write 65%%", s)
	}
	*p = Percent(v)
	return nil
}

func percent(s string) (float64, bool) {
	number, ok := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	return v / 100, ok && err == nil && v >= 0 && !math.IsInf(v, 0)
}

func (p Percent) String() string { return fmt.Sprintf("%.4g %%", float64(p)*100) }

// UnmarshalYAML reads a number of calls, or a share of them.
func (e *Errors) UnmarshalYAML(n *yaml.Node) error {
	s, err := scalar(n)
	if err != nil {
		return err
	}
	if v, ok := percent(s); ok {
		*e = Errors{Share: v, Percent: true}
		return nil
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v < 0 {
		return at(n, "%q is no number of errors: write 0, 10, or 0.1%%", s)
	}
	*e = Errors{Count: v}
	return nil
}

func (e Errors) String() string {
	if e.Percent {
		return Percent(e.Share).String()
	}
	return strconv.FormatInt(e.Count, 10)
}

// UnmarshalYAML reads a size.
func (b *Bytes) UnmarshalYAML(n *yaml.Node) error {
	s, err := scalar(n)
	if err != nil {
		return err
	}
	for i, unit := range []string{"KiB", "MiB", "GiB"} {
		number, ok := strings.CutSuffix(s, unit)
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if ok && err == nil && v >= 0 && v < 1<<20 {
			*b = Bytes(v * float64(int64(1)<<(10*(i+1))))
			return nil
		}
	}
	return at(n, "%q is no size: write 512MiB, or 2GiB", s)
}

func (b Bytes) String() string { return fmt.Sprintf("%.1f MiB", float64(b)/(1<<20)) }

// UnmarshalYAML reads a status or a list of them.
func (s *Statuses) UnmarshalYAML(n *yaml.Node) error {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	for _, item := range nodes {
		var v int
		if err := item.Decode(&v); err != nil || v < 0 || v > 999 {
			return at(item, "a status is a number such as 200")
		}
		*s = append(*s, v)
	}
	return nil
}
