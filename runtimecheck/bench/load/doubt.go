package load

import (
	"fmt"
	"time"
)

// maxShare is the part of a percentile above which the generator's own lag makes it say
// more about the generator than is good: a tenth, a choice.
const maxShare = 0.1

// maxMedianLag is the median of the lag above which the generator has not sent the rate
// that was asked for: one that falls behind falls behind ever more, so that half of the
// calls of ten seconds are this late when it sends 98 % of the rate. A choice.
const maxMedianLag = 100 * time.Millisecond

// Doubt says why the figures of the phase are not to be trusted, or "".
func (m *Measured) Doubt() string {
	switch {
	case m.Unsent > 0:
		return fmt.Sprintf("the generator could not keep up: %d of %d calls were not sent, because as many were under way as may be", m.Unsent, m.Due)
	case m.Failed[Exhausted] > 0:
		return fmt.Sprintf("the generator could not keep up: %d of %d calls failed on this side: %s", m.Failed[Exhausted], m.Due, m.Example[Exhausted])
	}
	if m.Lag.Count() == 0 {
		return ""
	}
	if lag := m.Lag.quantile(50); lag > maxMedianLag {
		return fmt.Sprintf("the generator could not keep up: half of the calls were sent more than %v late", lag.Round(time.Millisecond))
	}
	return ""
}

// Late says that the percentile p of the phase holds so much of the generator's own lag
// that the target may have been faster, or "".
func (m *Measured) Late(p float64) string {
	whole, err := m.Latency.Percentile(p)
	if err != nil || whole == Never || m.Lag.Count() == 0 {
		return ""
	}
	lag := m.Lag.quantile(p)
	if float64(lag) <= maxShare*float64(whole) {
		return ""
	}
	return fmt.Sprintf("the generator sent calls late: P%g of its own lag is %v, P%g of the latency %v", p, lag.Round(time.Microsecond), p, whole.Round(time.Microsecond))
}
