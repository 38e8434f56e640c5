package web_test

import (
	"testing"
	"time"

	"handrail/internal/web"
)

func TestWhatHappensIsCounted(t *testing.T) {
	t.Parallel()
	metrics := web.NewMetrics()
	metrics.Turn("message", "ok", 3*time.Millisecond)
	metrics.Turn("message", "ok", 30*time.Millisecond)
	metrics.Job("refresh", "failed", time.Second)
	metrics.Outbound("update", "throttled", time.Second)
	metrics.Refusal("audience")

	w := send(newServer(t, web.Config{Metrics: metrics}), get("/metrics"))

	wantText(t, w.Body.String(), []string{
		`handrail_turn_seconds_count{kind="message",outcome="ok"} 2`,
		`handrail_turn_seconds_bucket{kind="message",outcome="ok",le="0.005"} 1`,
		`handrail_job_seconds_sum{kind="refresh",outcome="failed"} 1`,
		`handrail_outbound_seconds_count{op="update",outcome="throttled"} 1`,
		`handrail_refusals_total{check="audience"} 1`,
		"go_goroutines",
	}, nil)
}

func TestTwoServersCountApart(t *testing.T) {
	t.Parallel()
	one, other := web.NewMetrics(), web.NewMetrics()
	one.Refusal("tenant")
	w := send(newServer(t, web.Config{Metrics: other}), get("/metrics"))
	wantText(t, w.Body.String(), nil, []string{"tenant"})
}
