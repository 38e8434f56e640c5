package bot

import (
	"strings"
	"testing"

	"handrail/internal/ticket"
)

func TestAFindingIsExplainedInWords(t *testing.T) {
	t.Parallel()
	advice, err := Advise([]ticket.Finding{
		{Reason: "guard.fixed_time", Better: "guard.fixed_time.better_time", Language: "en", Args: map[string]any{"Words": "by 5 pm"}},
		{Reason: "guard.missing_part.contact", Better: "guard.missing_part.contact.better"},
	})
	if err != nil || len(advice) != 2 {
		t.Fatalf("got %v, %v", advice, err)
	}
	if !strings.Contains(advice[0].Reason, "time for the fix") || advice[0].Better != "“We will update you by 5 pm”" {
		t.Errorf("got %+v", advice[0])
	}
	if strings.HasPrefix(advice[1].Reason, "guard.") || strings.HasPrefix(advice[1].Better, "guard.") {
		t.Errorf("got %+v", advice[1])
	}
}
