package ticket_test

import (
	"testing"

	"handrail/internal/ticket"
)

func TestAFactKeepsWhoToldItWhenAndWhereUntilSomebodySaysSomethingElse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tk := d.inDiagnosis()
	gather := func(by ticket.Actor, message, words string) ticket.Fact {
		t.Helper()
		press := ticket.Press{ID: tk.ID, Place: thread, Message: message}
		fact := ticket.Fact{Words: words, Source: ticket.Source{Reader: ticket.ForDev}}
		got, known := d.change(by, press, func(c *ticket.Change) error {
			if err := c.Tick(ticket.ItemGather, ticket.Evidence{Words: message}); err != nil {
				return err
			}
			return c.Gather(ticket.FactEffort, fact)
		}).Fact(ticket.FactEffort)
		if !known {
			t.Fatal("nothing is known")
		}
		return got
	}
	first := gather(ana, "m1", "A day.")
	want := ticket.Source{By: ana.Person, At: d.now, Reader: ticket.ForDev, Place: thread, Activity: "m1"}
	if first.Source != want || first.Words != "A day." {
		t.Errorf("it is %+v", first)
	}
	if again := gather(lea, "m2", " A day. "); again.Source != want {
		t.Errorf("told again it is of %+v", again.Source)
	}
	if other := gather(lea, "m3", "A week."); other.Source.By != lea.Person || other.Source.Activity != "m3" {
		t.Errorf("changed it is of %+v", other.Source)
	}
}
