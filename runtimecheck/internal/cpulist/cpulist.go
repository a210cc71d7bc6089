package cpulist

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Most is above the number of every CPU: the kernel's NR_CPUS is at most 8192, on
// x86 and arm64 alike.
const Most = 8192

// A List is a set of CPUs, in order.
type List []int

// Parse reads "0-3,8". The empty set is "" or, where the kernel prints a set that it has
// not made, "(null)".
func Parse(text string) (List, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "(null)" {
		return nil, nil
	}
	var l List
	for part := range strings.SplitSeq(text, ",") {
		first, last, err := bounds(part, -1)
		if err != nil {
			return nil, err
		}
		for cpu := first; cpu <= last; cpu++ {
			l = append(l, cpu)
		}
		if len(l) > Most {
			return nil, fmt.Errorf("%.40q names CPUs again and again", text)
		}
	}
	slices.Sort(l)
	return slices.Compact(l), nil
}

// Parameter reads the list of a boot parameter, which can also say "all", "N" for the
// last CPU, and "0-31:2/4" for two of each four; last is the number of the last one.
// See the kernel's documentation, admin-guide/kernel-parameters.
func Parameter(text string, last int) (List, error) {
	if text == "all" {
		text = "0-N"
	}
	var l List
	for part := range strings.SplitSeq(text, ",") {
		part, groups, grouped := strings.Cut(part, ":")
		used, of := 1, 1
		if grouped {
			var err error
			if used, of, err = fraction(groups); err != nil {
				return nil, err
			}
		}
		from, to, err := bounds(part, last)
		if err != nil {
			return nil, err
		}
		for cpu := from; cpu <= to; cpu++ {
			if (cpu-from)%of < used {
				l = append(l, cpu)
			}
		}
		if len(l) > Most {
			return nil, fmt.Errorf("%.40q names CPUs again and again", text)
		}
	}
	slices.Sort(l)
	return slices.Compact(l), nil
}

func fraction(text string) (used, of int, err error) {
	a, b, _ := strings.Cut(text, "/")
	used, err = strconv.Atoi(a)
	if err == nil {
		of, err = strconv.Atoi(b)
	}
	if err != nil || used < 0 || of < 1 || used > of {
		return 0, 0, fmt.Errorf("%.40q is no part of a group of CPUs", text)
	}
	return used, of, nil
}

// bounds reads "3" or "0-3"; N is the last CPU, if that is not negative.
func bounds(text string, last int) (first, end int, err error) {
	a, b, isRange := strings.Cut(text, "-")
	if !isRange {
		b = a
	}
	if first, err = number(a, last); err == nil {
		end, err = number(b, last)
	}
	if err != nil || first > end {
		return 0, 0, fmt.Errorf("%.40q is no range of CPUs", text)
	}
	return first, end, nil
}

func number(text string, last int) (int, error) {
	text = strings.TrimSpace(text)
	if text == "N" && last >= 0 {
		return last, nil
	}
	n, err := strconv.Atoi(text)
	if err == nil && (n < 0 || n >= Most) {
		err = strconv.ErrRange
	}
	return n, err
}

// ParseMask reads "ff,00000001": words of 32 bits in hexadecimal, the highest first.
func ParseMask(text string) (List, error) {
	words := strings.Split(strings.TrimSpace(text), ",")
	if len(words) > Most/32 {
		return nil, fmt.Errorf("%.40q is longer than a mask of CPUs", text)
	}
	var l List
	for i, word := range words {
		bits, err := strconv.ParseUint(word, 16, 32)
		if err != nil {
			return nil, fmt.Errorf("%.40q is no mask of CPUs: %w", text, err)
		}
		for bit := range 32 {
			if bits&(1<<bit) != 0 {
				l = append(l, 32*(len(words)-1-i)+bit)
			}
		}
	}
	slices.Sort(l)
	return l, nil
}

// String is how the kernel prints the set, "0-3,8", or "none".
func (l List) String() string {
	if len(l) == 0 {
		return "none"
	}
	var parts []string
	for i := 0; i < len(l); {
		j := i
		for j+1 < len(l) && l[j+1] == l[j]+1 {
			j++
		}
		part := strconv.Itoa(l[i])
		if j > i {
			part += "-" + strconv.Itoa(l[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ",")
}

// Named is the set in a sentence: "CPU 8", "CPUs 0-3", "no CPU".
func (l List) Named() string {
	switch len(l) {
	case 0:
		return "no CPU"
	case 1:
		return "CPU " + l.String()
	}
	return "CPUs " + l.String()
}

// Has reports whether a CPU is in the set.
func (l List) Has(cpu int) bool {
	_, ok := slices.BinarySearch(l, cpu)
	return ok
}

// Minus returns the CPUs that are not in the other set.
func (l List) Minus(other List) List {
	return slices.DeleteFunc(slices.Clone(l), other.Has)
}

// And returns the CPUs that are in the other set too.
func (l List) And(other List) List {
	return slices.DeleteFunc(slices.Clone(l), func(cpu int) bool { return !other.Has(cpu) })
}

// Or returns the CPUs that are in either.
func (l List) Or(other List) List {
	all := slices.Concat(l, other)
	slices.Sort(all)
	return slices.Compact(all)
}

// Groups divides the set by what its CPUs share, a core or a cache: of returns with
// which CPUs one of them shares it. It is asked once for each group.
func (l List) Groups(of func(cpu int) (List, error)) ([]List, error) {
	var groups []List
	for left := l; len(left) > 0; {
		shared, err := of(left[0])
		if err != nil {
			return nil, err
		}
		if !shared.Has(left[0]) {
			return nil, fmt.Errorf("CPU %d is said to share something with others, %s, and not to have it", left[0], shared)
		}
		groups = append(groups, left.And(shared))
		left = left.Minus(shared)
	}
	return groups, nil
}
