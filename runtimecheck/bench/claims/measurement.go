package claims

import "slices"

// A Measurement is what a bench has measured: the readings, not what they mean.
type Measurement struct {
	NotHere  string    `json:"not_here,omitempty"` // why this machine cannot measure it; nothing else is set then
	Arms     []Arm     `json:"arms,omitempty"`
	Notes    []string  `json:"notes,omitempty"` // what a reader should know of these readings
	Noise    *Noise    `json:"noise,omitempty"` // before and after, the larger; nil if it does not matter
	Overhead *Overhead `json:"overhead,omitempty"`
	Unfit    bool      `json:"unfit,omitempty"` // the noise is larger than the effect; there are arms only if asked for anyway
}

// An Arm is one way to do the work, and its readings.
type Arm struct {
	Name     string     `json:"name"`
	Ops      []int64    `json:"ops"` // operations, by round
	Readings []Readings `json:"readings"`
}

// Readings are those of one unit, by round.
type Readings struct {
	Unit   string    `json:"unit"`
	Values []float64 `json:"values"`
}

// Overhead is what measuring costs. It is in the readings, and not subtracted from them.
type Overhead struct {
	Loop  float64 `json:"loop_ns"`  // ns a turn of the empty loop, which is in each ns/op
	Stamp float64 `json:"stamp_ns"` // ns to take the time of an operation, which is in each percentile
}

// Values returns the readings of an arm in a unit, and nil if there are none.
func (m *Measurement) Values(arm, unit string) []float64 {
	for _, a := range m.Arms {
		if a.Name != arm {
			continue
		}
		for _, r := range a.Readings {
			if r.Unit == unit {
				return r.Values
			}
		}
	}
	return nil
}

// add appends the readings of an arm in one round.
func (m *Measurement) add(arm string, s sample) {
	i := slices.IndexFunc(m.Arms, func(a Arm) bool { return a.Name == arm })
	if i < 0 {
		i = len(m.Arms)
		m.Arms = append(m.Arms, Arm{Name: arm})
	}
	a := &m.Arms[i]
	a.Ops = append(a.Ops, s.ops)
	for _, r := range s.readings {
		j := slices.IndexFunc(a.Readings, func(have Readings) bool { return have.Unit == r.unit })
		if j < 0 {
			j = len(a.Readings)
			a.Readings = append(a.Readings, Readings{Unit: r.unit})
		}
		a.Readings[j].Values = append(a.Readings[j].Values, r.value)
	}
}
