package evidence

import (
	"fmt"
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
		text = size(rate)
	case goroutine, leak, started:
		text = digits(rate)
	default:
		text = digits(rate) + " s"
	}
	switch {
	case unit != m.kind.unit():
		text += "/s"
	case m.kind.flows():
		text += " since the start"
	}
	return ", " + text + ","
}

// size prints a number of bytes in the unit that a reader would use.
func size(n float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}} {
		if n >= u.size {
			return digits(n/u.size) + " " + u.name
		}
	}
	return fmt.Sprintf("%.0f bytes", n)
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
