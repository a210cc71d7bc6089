package claims

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// A request is what a child process is asked to measure.
type request struct {
	Claim string        `json:"claim"`
	Size  Size          `json:"size"`
	Limit time.Duration `json:"limit_ns"` // after which it has to end, also if nobody is left to end it
}

// An answer is what it says: one of the two.
type answer struct {
	Measurement *Measurement `json:"measurement,omitempty"`
	Error       string       `json:"error,omitempty"`
}

// Child is the whole work of a process that a [Supervisor] starts: it reads from in what
// to measure, measures it, and writes the readings to out. Nothing else may be written
// there.
func Child(ctx context.Context, in io.Reader, out io.Writer) error {
	var q request
	if err := json.NewDecoder(in).Decode(&q); err != nil {
		return fmt.Errorf("reading what to measure: %w", err)
	}
	if err := json.NewEncoder(out).Encode(q.answer(ctx)); err != nil {
		return fmt.Errorf("writing what was measured: %w", err)
	}
	return nil
}

func (q request) answer(ctx context.Context) answer {
	c, ok := Named(q.Claim)
	if !ok {
		return answer{Error: fmt.Sprintf("there is no claim %q", q.Claim)}
	}
	if q.Size.Time <= 0 || q.Size.Rounds <= 0 || q.Limit <= 0 {
		return answer{Error: fmt.Sprintf("%d rounds in %v cannot be measured", q.Size.Rounds, q.Size.Time)}
	}
	ctx, cancel := context.WithTimeout(ctx, q.Limit)
	defer cancel()
	m, err := c.Measure(ctx, q.Size)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Measurement: m}
}
