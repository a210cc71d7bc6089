package hotpath

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/analyzers/symbol"
)

// magic begins a digest. It changes with the format.
const magic = "lagvet profile 1\n"

func isDigest(data []byte) bool { return bytes.HasPrefix(data, []byte("lagvet profile ")) }

// Digest reads a CPU profile in pprof's format and writes what the analyzer
// needs of it: the share of each function, and of each line that matters. A
// host that runs a process per package makes the digest once and hands that to
// the analyzer: it is read in a fraction of the time. Name is what findings
// call the profile: "default.pgo". Equal profiles have equal digests.
//
// A digest is text, one record a line, fields separated by tabs:
//
//	name     NAME
//	samples  N
//	main     a directory of package main, or the name of its binary
//	pkg      PATH
//	func     NAME LITERAL START WORK CUM [hot]   in the package before it
//	line     OFFSET CUM                          of the function before it
func Digest(w io.Writer, name string, r io.Reader) error {
	p, err := read(name, r)
	if err != nil {
		return fmt.Errorf("reading the CPU profile %s: %w", name, err)
	}
	if err := p.write(w); err != nil {
		return fmt.Errorf("writing the digest of %s: %w", name, err)
	}
	return nil
}

func (p *Profile) write(w io.Writer) error {
	b := bufio.NewWriter(w)
	record := func(fields ...string) {
		for i, f := range fields {
			fields[i] = strings.Map(func(r rune) rune {
				if r == '\t' || r == '\n' || r == '\r' {
					return ' '
				}
				return r
			}, f)
		}
		b.WriteString(strings.Join(fields, "\t") + "\n") // the error stays in b
	}
	b.WriteString(magic)
	record("name", p.name)
	record("samples", strconv.FormatInt(p.samples, 10))
	for _, m := range p.mains {
		record("main", m)
	}
	for _, pkg := range slices.Sorted(maps.Keys(p.pkgs)) {
		record("pkg", pkg)
		for _, h := range p.pkgs[pkg] {
			fields := []string{"func", h.Name, h.Lit, strconv.Itoa(h.start), share(h.work), share(h.cum)}
			if h.hot {
				fields = append(fields, "hot")
			}
			record(fields...)
			for _, l := range h.lines {
				record("line", strconv.Itoa(l.offset), share(l.cum))
			}
		}
	}
	return b.Flush()
}

// share prints a share with as many digits as a profile can mean.
func share(f float64) string { return strconv.FormatFloat(f, 'g', 4, 64) }

// readDigest reads what [Digest] wrote: the head of it, and where the record
// of each package is. Most readers want that of one package only.
func readDigest(data []byte) (*Profile, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, fmt.Errorf("it is a digest of another version of lagvet")
	}
	p := &Profile{sections: make(map[string][]byte)}
	head, rest, more := bytes.Cut(rest, []byte("pkg\t"))
	for line := range bytes.Lines(head) {
		if err := p.head(fields(line)); err != nil {
			return nil, err
		}
	}
	for more {
		var section []byte
		section, rest, more = bytes.Cut(rest, []byte("\npkg\t"))
		path, section, _ := bytes.Cut(section, []byte("\n"))
		p.sections[string(path)] = section
	}
	return p, nil
}

func fields(line []byte) []string {
	return strings.Split(strings.TrimSuffix(string(line), "\n"), "\t")
}

// head takes in one record before the first package.
func (p *Profile) head(fields []string) error {
	d := decoder{fields: fields[1:]}
	switch fields[0] {
	case "name":
		p.name = d.text()
	case "samples":
		p.samples = int64(d.number())
	case "main":
		p.mains = append(p.mains, d.text())
	default:
		d.fail(fmt.Errorf("unknown record %q", fields[0]))
	}
	return d.done()
}

// section reads the records of a package.
func section(pkg string, data []byte) ([]*heat, error) {
	var hs []*heat
	for line := range bytes.Lines(data) {
		fields := fields(line)
		d := decoder{fields: fields[1:]}
		switch fields[0] {
		case "func":
			h := &heat{Symbol: symbol.Symbol{Pkg: pkg, Name: d.text(), Lit: d.text()}, start: d.number(), work: d.share(), cum: d.share()}
			if len(d.fields) > 0 {
				h.hot = d.text() == "hot"
			}
			hs = append(hs, h)
		case "line":
			l := lineHeat{d.number(), d.share()}
			if len(hs) == 0 {
				return nil, fmt.Errorf("a line without a function")
			}
			last := hs[len(hs)-1]
			last.lines = append(last.lines, l)
		default:
			d.fail(fmt.Errorf("unknown record %q", fields[0]))
		}
		if err := d.done(); err != nil {
			return nil, err
		}
	}
	return hs, nil
}

// A decoder takes fields one by one and keeps the first error.
type decoder struct {
	fields []string
	err    error
}

func (d *decoder) text() string {
	if len(d.fields) == 0 {
		d.fail(fmt.Errorf("a field is missing"))
		return ""
	}
	f := d.fields[0]
	d.fields = d.fields[1:]
	return f
}

func (d *decoder) number() int {
	n, err := strconv.Atoi(d.text())
	d.fail(err)
	return n
}

func (d *decoder) share() float64 {
	f, err := strconv.ParseFloat(d.text(), 64)
	d.fail(err)
	if err == nil && !(f >= 0 && f <= 1) || math.IsNaN(f) {
		d.fail(fmt.Errorf("%v is no share", f))
	}
	return f
}

// done returns the first error; that fields are left is one.
func (d *decoder) done() error {
	if len(d.fields) > 0 {
		d.fail(fmt.Errorf("%d fields too many", len(d.fields)))
	}
	return d.err
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}
