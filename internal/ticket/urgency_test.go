package ticket_test

import (
	"testing"

	"handrail/internal/ticket"
)

func TestAFloodGivesWayToWhatPeopleWaitFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		task ticket.Task
		want ticket.Urgency
	}{
		{ticket.Task{Job: ticket.Say{}}, ticket.Awaited},
		{ticket.Task{Job: ticket.PostCard{}}, ticket.Awaited},
		{ticket.Task{Job: ticket.PostBoard{}}, ticket.Awaited},
		{ticket.Task{Job: ticket.PostReport{}}, ticket.Awaited},
		{ticket.Task{Job: ticket.PostFiles{}}, ticket.Awaited},
		{ticket.Task{Job: ticket.FetchAttachment{}}, ticket.Awaited},
		{ticket.Task{Job: ticket.ExpireAttachments{}}, ticket.Usual},
		{ticket.Task{Job: ticket.RefreshCards{}}, ticket.Usual},
		{ticket.Task{Job: ticket.Announce{}}, ticket.Usual},
		{ticket.Task{Job: ticket.PostCard{}, Many: true}, ticket.News},
		{ticket.Task{Job: ticket.EditCard{}}, ticket.News},
		{ticket.Task{Job: ticket.TellNews{}}, ticket.News},
		{ticket.Task{Job: ticket.Remind{}}, ticket.News},
		{ticket.Task{Job: ticket.RingClock{}}, ticket.Clocks},
		{ticket.Task{Job: ticket.RetimeClocks{}}, ticket.Clocks},
	} {
		if got := c.task.Urgency(); got != c.want {
			t.Errorf("%s has the urgency %d, want %d", c.task.Kind(), got, c.want)
		}
	}
}
