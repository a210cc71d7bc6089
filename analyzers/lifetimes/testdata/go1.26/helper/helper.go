package helper

import "time"

func New(d time.Duration) (string, *time.Ticker) {
	return "t", time.NewTicker(d) // want `time.NewTicker: return:1$`
}

func Maybe(t *time.Ticker) *time.Ticker {
	if t == nil {
		t = time.NewTicker(time.Second) // want `time.NewTicker: overwrite return:0$`
	}
	return t
}

func Same(t *time.Ticker, d time.Duration) *time.Ticker {
	if t != nil {
		return t
	}
	return time.NewTicker(d) // want `time.NewTicker: return:0$`
}

func Stop(n int, t *time.Ticker) { t.Stop() }

func Keep(m map[int]*time.Ticker, t *time.Ticker) { m[0] = t }

func Look(t *time.Ticker) bool { return t != nil }
