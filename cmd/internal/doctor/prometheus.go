package doctor

import (
	"fmt"
	"io"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// writePrometheus writes r in the text format of Prometheus, for the textfile collector
// of its node exporter. A check is a series whose label says the verdict it has now.
func writePrometheus(w io.Writer, r *posture.Report) error {
	checks := gauge("lagvet_check", "A check of lagvet doctor: 1 for the verdict that it has.")
	for _, c := range r.Checks {
		add(checks, 1, "id", c.ID, "group", c.Group(), "verdict", string(c.Verdict))
	}
	counts := gauge("lagvet_checks", "How many checks of lagvet doctor have a verdict.")
	for _, v := range posture.Verdicts() {
		add(counts, float64(r.Count(v)), "verdict", string(v))
	}
	at := gauge("lagvet_doctor_last_look_timestamp_seconds", "When lagvet doctor has looked last, in seconds since 1970.")
	add(at, float64(r.Time.UnixMilli())/1000)
	info := gauge("lagvet_doctor_info", "What lagvet doctor has looked at, and by which profile it judges.")
	add(info, 1, "subject", r.Subject.String(), "profile", r.Profile, "version", tool().Version)
	e := expfmt.NewEncoder(w, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, family := range []*dto.MetricFamily{checks, counts, at, info} {
		if len(family.Metric) == 0 {
			continue // a family without a metric is an error
		}
		if err := e.Encode(family); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	return nil
}

func gauge(name, help string) *dto.MetricFamily {
	return &dto.MetricFamily{Name: &name, Help: &help, Type: dto.MetricType_GAUGE.Enum()}
}

// add adds a metric with labels, each a name and a value.
func add(f *dto.MetricFamily, value float64, labels ...string) {
	m := &dto.Metric{Gauge: &dto.Gauge{Value: &value}}
	for i := 0; i+1 < len(labels); i += 2 {
		m.Label = append(m.Label, &dto.LabelPair{Name: &labels[i], Value: &labels[i+1]})
	}
	f.Metric = append(f.Metric, m)
}
