package web

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what the service does, in a registry of its own. The packages
// that do the work know nothing of it: they take plain functions, and the
// wiring gives them these methods.
//
// Every word given to a method becomes a label, and each new one a series that
// stays in memory. So the words come from fixed sets, never from a request.
type Metrics struct {
	registry *prometheus.Registry
	turns    *prometheus.HistogramVec
	jobs     *prometheus.HistogramVec
	outbound *prometheus.HistogramVec
	refusals *prometheus.CounterVec
}

// NewMetrics returns metrics at zero, beside those of the Go runtime and of
// the process.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		turns:    latency("handrail_turn_seconds", "How long turns took, and by _count how many there were.", "kind"),
		jobs:     latency("handrail_job_seconds", "How long jobs took, and by _count how many there were.", "kind"),
		outbound: latency("handrail_outbound_seconds", "How long calls to other systems took, and by _count how many there were.", "op"),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "handrail_refusals_total",
			Help: "Requests that were refused, by the check that refused them.",
		}, []string{"check"}),
	}
	m.registry.MustRegister(m.turns, m.jobs, m.outbound, m.refusals,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// latency is a histogram by one word and the outcome, from a millisecond to
// the ten seconds after which the Bot Service may hang up.
func latency(name, help, word string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    name,
		Help:    help,
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{word, "outcome"})
}

// Turn counts one turn: kind is the activity's type or the invoke's name.
func (m *Metrics) Turn(kind, outcome string, took time.Duration) {
	m.turns.WithLabelValues(kind, outcome).Observe(took.Seconds())
}

// Job counts one run of a job.
func (m *Metrics) Job(kind, outcome string, took time.Duration) {
	m.jobs.WithLabelValues(kind, outcome).Observe(took.Seconds())
}

// Outbound counts one call to another system: op names what was asked of it.
func (m *Metrics) Outbound(op, outcome string, took time.Duration) {
	m.outbound.WithLabelValues(op, outcome).Observe(took.Seconds())
}

// Refusal counts a request that was not let in, by the check that failed.
func (m *Metrics) Refusal(check string) {
	m.refusals.WithLabelValues(check).Inc()
}

// handler shows the registry in the format of Prometheus.
func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
