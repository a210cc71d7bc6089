package evidence

import (
	"strconv"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// public returns what is said of the measurement in a report.
func (m measured) public() finding.Measure {
	value, unit := m.rate(m.value)
	return finding.Measure{
		Source: m.name,
		Kind:   m.kind.public(),
		Value:  value,
		Unit:   unit,
		Share:  m.share(m.value),
		Line:   m.line,
		Text:   m.text(),
	}
}

// text says in words what was measured: "31 % of CPU at this line, 40 % in the
// function (cpu.pprof)".
func (m measured) text() string {
	of := m.kind.whole()
	if m.duration > 0 && m.kind == inuse { // the difference of two profiles
		of = "the growth of the heap"
	}
	if m.reason != "" {
		of += " (" + m.reason + ")"
	}
	function := percent(m.share(m.inFunction))
	switch {
	case m.value == 0 && m.inFunction == 0:
		return finding.Unseen(m.name)
	case m.value == 0:
		return function + " of " + of + m.amount(m.inFunction) + " in the function, and none here (" + m.name + ")"
	}
	here := percent(m.share(m.value))
	text := here + " of " + of + m.amount(m.value) + " " + m.at
	if m.inFunction > m.value && here != function {
		text += ", " + function + " in the function"
	}
	return text + " (" + m.name + ")"
}

// amount prints a value with its unit, between commas. Of CPU time the share says
// all that there is to say.
func (m measured) amount(value float64) string {
	if m.kind == cpu {
		return ""
	}
	rate, unit := m.rate(value)
	var text string
	switch m.kind {
	case alloc, inuse:
		text = scaled(rate, sizes)
	case goroutine, leak, started:
		text = digits(rate)
	default:
		text = scaled(rate, seconds)
	}
	switch {
	case unit != m.kind.unit():
		text += "/s"
	case m.kind.flows():
		text += " since the start"
	}
	return ", " + text + ","
}

// A scale is a unit that a reader would use for what is at least so large.
type scale struct {
	size float64
	name string
}

var (
	sizes   = []scale{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {1, "bytes"}}
	seconds = []scale{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}}
)

// scaled prints a number in the largest unit that fits it.
func scaled(n float64, scales []scale) string {
	for _, s := range scales {
		if n >= s.size {
			return digits(n/s.size) + " " + s.name
		}
	}
	last := scales[len(scales)-1]
	return digits(n/last.size) + " " + last.name
}

// digits prints a number: whole from ten upward, with two digits below.
func digits(n float64) string {
	if n >= 10 {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'g', 2, 64)
}

// percent prints a share with two digits, where there are so many.
func percent(share float64) string {
	if share > 0 && share < 0.0001 {
		return "less than 0.01 %"
	}
	return hotpath.Percent(share)
}
