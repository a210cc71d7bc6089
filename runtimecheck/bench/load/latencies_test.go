package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name     string
		answered int // 1 ms, 2 ms, …
		failed   int64
		p        float64
		want     time.Duration
		few      bool
	}{
		{"none", 0, 0, 50, 0, true},
		{"median", 100, 0, 50, 50 * ms, false},
		{"P99 of 99", 99, 0, 99, 0, true},
		{"P99 of 100", 100, 0, 99, 99 * ms, false},
		{"P99.9 of 999", 999, 0, 99.9, 0, true},
		{"P99.9 of 1000", 1000, 0, 99.9, 999 * ms, false},
		{"failed calls are the slowest", 90, 10, 90, 90 * ms, false},
		{"and P95 lies among them", 90, 10, 95, Never, false},
		{"one of 100 fails", 99, 1, 99, 99 * ms, false},
		{"two of 100 fail", 98, 2, 99, Never, false},
		{"all fail", 0, 100, 50, Never, false},
	}
	for _, tt := range tests {
		var l Latencies
		for i := range tt.answered {
			l.record(time.Duration(i+1) * ms)
		}
		l.failed = tt.failed
		got, err := l.Percentile(tt.p)
		if errors.Is(err, ErrTooFew) != tt.few || math.Abs(float64(got-tt.want)) > 0.002*float64(tt.want) {
			t.Errorf("%s: %v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
}

func TestLatenciesBounds(t *testing.T) {
	var l Latencies
	l.record(-time.Second)
	l.record(48 * time.Hour)
	if l.Count() != 2 || l.Max() != longest || l.Failed() != 0 {
		t.Errorf("%d calls, the longest %v", l.Count(), l.Max())
	}
	if d := l.quantile(99); d != longest {
		t.Errorf("%v", d)
	}
}

func TestKindOf(t *testing.T) {
	wrap := func(err error) error {
		return fmt.Errorf("x: %w", &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", err)})
	}
	tests := []struct {
		err  error
		want Kind
	}{
		{&Error{Status, errors.New("503")}, Status},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), Timeout},
		{os.ErrDeadlineExceeded, Timeout},
		{&net.DNSError{IsTimeout: true}, Timeout},
		{wrap(syscall.ECONNREFUSED), Refused},
		{wrap(syscall.ECONNRESET), Reset},
		{wrap(syscall.EPIPE), Reset},
		{wrap(syscall.EMFILE), Exhausted},
		{wrap(syscall.EADDRNOTAVAIL), Exhausted},
		{wrap(syscall.ENOENT), Other},
		{fmt.Errorf("x: %w", io.ErrUnexpectedEOF), Closed},
		{io.EOF, Closed},
		{errors.New("x"), Other},
	}
	for _, tt := range tests {
		if got := KindOf(tt.err); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.err, got, tt.want)
		}
	}
}
