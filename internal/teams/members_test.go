package teams_test

import (
	"fmt"
	"testing"

	"handrail/internal/teams"
	"handrail/internal/teams/teamstest"
)

func TestMembersAreReadPageByPage(t *testing.T) {
	t.Parallel()
	w := connect(t)
	var names []string
	for i := range 1203 {
		names = append(names, fmt.Sprint("Person ", i))
	}
	channel := w.fake.Channel("Support", names...)
	ref := w.to(channel.Thread())
	n := 0
	for member, err := range w.Members(t.Context(), ref) {
		if err != nil {
			t.Fatal(err)
		}
		if person := w.fake.Person(names[n]); member.ID != person.ID || member.ObjectID != person.ObjectID {
			t.Fatalf("member %d is %+v", n, member)
		}
		n++
	}
	if calls := len(w.fake.Calls()); n != 1203 || calls != 3 {
		t.Errorf("%d members in %d calls, want 1203 in 3", n, calls)
	}
	if path := w.fake.Calls()[0].Path; path != "v3/conversations/"+channel.Root()+"/pagedMembers" {
		t.Errorf("they were read from %q: a thread has no members of its own", path)
	}
	kim := w.fake.Person("Person 7")
	member, err := w.Member(t.Context(), ref, kim.ObjectID)
	if err != nil || member.ID != kim.ID || member.Email != kim.Email {
		t.Errorf("got %+v, %v", member, err)
	}
	if _, err := w.Member(t.Context(), ref, "29:nobody"); teams.KindOf(err) != teams.Refused {
		t.Errorf("nobody: got %v", err)
	}
	w.fake.FailNext(1, teamstest.Failing(503))
	for _, err := range w.Members(t.Context(), ref) {
		if teams.KindOf(err) != teams.Busy {
			t.Errorf("got %v, want kind Busy", err)
		}
	}
}

func TestAChatAndAThreadAreOpened(t *testing.T) {
	t.Parallel()
	w := connect(t)
	ana, support := w.fake.Person("Ana"), w.fake.Channel("Support", "Ana")
	ref := teams.NewReference(teams.Target{ServiceURL: w.fake.ServiceURL(), Tenant: w.fake.Tenant()})
	chat, err := w.OpenPersonal(t.Context(), ref, ana.ObjectID)
	if err != nil || chat != w.fake.Personal("Ana").ID() {
		t.Errorf("OpenPersonal gave %q, %v", chat, err)
	}
	w.fake.WithoutApp(ana)
	if _, err := w.OpenPersonal(t.Context(), ref, ana.ID); teams.KindOf(err) != teams.NotInstalled {
		t.Errorf("without the app: got %v", err)
	}
	thread, first, err := w.OpenThread(t.Context(), ref, support.Thread().ID(), card("T-7"))
	if err != nil {
		t.Fatal(err)
	}
	posted := support.ExpectCard("T-7")
	if posted.ID != first || thread != support.Root()+";messageid="+first {
		t.Errorf("OpenThread gave %q, %q for the card %q", thread, first, posted.ID)
	}
	reply := teams.NewReference(teams.Target{ServiceURL: w.fake.ServiceURL(), Tenant: w.fake.Tenant(), Conversation: thread})
	if _, err := w.Send(t.Context(), reply, teams.Message{Text: "a reply"}); err != nil {
		t.Fatal(err)
	}
	support.ExpectText("a reply")
}
