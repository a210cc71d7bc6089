package cpulist

import (
	"errors"
	"slices"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "none",
		"\n":               "none",
		"(null)":           "none",
		"0":                "0",
		"0-3,8\n":          "0-3,8",
		"8,0-1,1-3":        "0-3,8",
		"0,1,2":            "0-2",
		"8191":             "8191",
		"8192":             "error",
		"0-99999999999999": "error",
		"3-1":              "error",
		"-1":               "error",
		"1,":               "error",
		"x":                "error",
		"N":                "error",
		"0-3:1/2":          "error",
	} {
		if l, err := Parse(text); said(l, err) != want {
			t.Errorf("Parse(%q) = %v, %v, want %s", text, l, err, want)
		}
	}
}

func TestParameter(t *testing.T) {
	for text, want := range map[string]string{
		"all":         "0-15",
		"2-N":         "2-15",
		"N":           "15",
		"0-7:2/4":     "0-1,4-5",
		"1,4-9:1/3":   "1,4,7",
		"0-7:0/4":     "none",
		"0-7:2/0":     "error",
		"0-7:4/2":     "error",
		"0-7:-1/2":    "error",
		"0-7:2":       "error",
		"":            "error",
		"nohz":        "error",
		"0-8191,0-10": "error",
	} {
		if l, err := Parameter(text, 15); said(l, err) != want {
			t.Errorf("Parameter(%q) = %v, %v, want %s", text, l, err, want)
		}
	}
}

func TestParseMask(t *testing.T) {
	for text, want := range map[string]string{
		"3":                     "0-1",
		"00":                    "none",
		"ff,00000001":           "0,32-39",
		"1,00000000,80000000\n": "31,64",
		"":                      "error",
		"x":                     "error",
		"100000000":             "error",
		"1,":                    "error",
	} {
		if l, err := ParseMask(text); said(l, err) != want {
			t.Errorf("ParseMask(%q) = %v, %v, want %s", text, l, err, want)
		}
	}
}

func said(l List, err error) string {
	if err != nil {
		return "error"
	}
	return l.String()
}

func TestSets(t *testing.T) {
	a, b := List{0, 1, 4}, List{1, 2}
	for name, tt := range map[string]struct{ got, want List }{
		"minus":         {a.Minus(b), List{0, 4}},
		"and":           {a.And(b), List{1}},
		"or":            {a.Or(b), List{0, 1, 2, 4}},
		"their own":     {a, List{0, 1, 4}},
		"minus nothing": {a.Minus(nil), a},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s is %v, want %v", name, tt.got, tt.want)
		}
	}
}

func TestNamed(t *testing.T) {
	for want, l := range map[string]List{"no CPU": nil, "CPU 8": {8}, "CPUs 0-1,8": {0, 1, 8}} {
		if got := l.Named(); got != want {
			t.Errorf("%v is named %q, want %q", l, got, want)
		}
	}
}

func TestGroups(t *testing.T) {
	asked := 0
	pairs := func(cpu int) (List, error) { asked++; return List{cpu &^ 1, cpu | 1}, nil }
	groups, err := List{0, 1, 3, 6, 7}.Groups(pairs)
	if err != nil || len(groups) != 3 || groups[1].String() != "3" || asked != 3 {
		t.Errorf("groups %v, %v, asked %d times", groups, err, asked)
	}
	if _, err := (List{0}).Groups(func(int) (List, error) { return nil, errors.New("no") }); err == nil {
		t.Error("an error is lost")
	}
	// It would never end.
	if _, err := (List{0}).Groups(func(int) (List, error) { return List{1}, nil }); err == nil {
		t.Error("a group without the CPU it is of is taken")
	}
}

// What is printed is read again as the same set.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "0-3,8", "(null)", "8191", "1,0", "0-0", "7-3", "0-8191,0-8191", "all", "0-31:2/4", "2-N", "ff,00000001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, parse := range map[string]func(string) (List, error){
			"list":      Parse,
			"mask":      ParseMask,
			"parameter": func(s string) (List, error) { return Parameter(s, 63) },
		} {
			l, err := parse(text)
			if err != nil || len(l) == 0 {
				continue
			}
			if again, err := Parse(l.String()); err != nil || !slices.Equal(again, l) {
				t.Errorf("the %s %q is %v, printed %s and read again %v, %v", name, text, l, l, again, err)
			}
		}
	})
}
