package bot

import (
	"strings"
	"testing"
	"time"

	"handrail/internal/teams"
	"handrail/internal/ticket"
)

// recorded is a system of record that is there, and is asked for nothing.
type recorded struct{ ticket.Records }

func TestTheAddressOfAPersonIsLearntFromTeamsWhenTheyAreSeen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "help")
	if times(h.chat.calls, "member "+ana.id) != 0 {
		t.Error("Teams is asked where nothing needs the address")
	}
	h = newHouse(t)
	h.bot.desk.Records = recorded{}
	h.chat.members = map[string]teams.Member{ana.id: {Email: "Ana.Ng@Contoso.com", UserPrincipalName: "ang@contoso.com"}}
	h.says(ana, "help")
	h.says(ana, "help")
	h.pass(time.Hour)
	h.says(ana, "help")
	if n := times(h.chat.calls, "member "+ana.id); n != 1 {
		t.Errorf("Teams is asked %d times", n)
	}
	who, known, err := h.store.PersonByMail(h.ctx(), tenant, "ana.ng@contoso.com")
	if err != nil || !known || who.ID != ana.id || who.SignIn != "ang@contoso.com" {
		t.Errorf("known are %+v, %v, %v", who, known, err)
	}
}

func TestAPersonOfWhomTeamsTellsNothingIsAskedForAnotherDay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.bot.desk.Records = recorded{}
	failure := &teams.Error{Op: "member", Kind: teams.Throttled, RetryAfter: time.Minute}
	h.chat.fail = func(op string, _ teams.Reference, _ string) error {
		if op == "member" && failure != nil {
			return failure
		}
		return nil
	}
	asked := func() int { return times(h.chat.calls, "member "+ana.id) }
	h.says(ana, "help")
	h.pass(30 * time.Second)
	if asked() != 1 {
		t.Errorf("Teams is asked %d times while it is busy", asked())
	}
	failure = &teams.Error{Op: "member", Kind: teams.Refused, Status: 404}
	h.pass(time.Minute)
	h.pass(time.Hour)
	h.says(ana, "help")
	if asked() != 2 {
		t.Errorf("Teams is asked %d times", asked())
	}
	failure = nil
	h.chat.members = map[string]teams.Member{ana.id: {Email: "ana@contoso.com"}}
	h.pass(24 * time.Hour)
	h.says(ana, "my mail")
	h.says(ana, "my mail")
	if said := h.chat.lastText(); !strings.Contains(said, "the user with ana@contoso.com, your address in Teams") {
		t.Errorf("the bot says %q", said)
	}
}

func TestAPersonSaysWhichAddressTheyHaveInOdoo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.says(ana, "my mail ana@other.example")
	if said := h.chat.lastText(); said != "Tickets are not kept in Odoo here, so that I need no address of yours." {
		t.Errorf("without Odoo the bot says %q", said)
	}
	h.bot.desk.Records = recorded{}
	h.chat.members = map[string]teams.Member{ben.id: {Email: "ben@contoso.com"}}
	h.says(ben, "help")
	for _, step := range []struct{ text, want string }{
		{"my mail", "I do not know your mail address"},
		{"my mail ana@contoso", "“ana@contoso” is no mail address."},
		{"my mail BEN@contoso.com", "ben@contoso.com is the address of somebody else here."},
		{"my mail <mailto:Ana@Other.example>", "In Odoo your tickets are those of the user with ana@other.example, as you have said."},
		{"my mail ana_n@other.example", `In Odoo your tickets are those of the user with ana\_n@other.example`},
		{"my mail", `In Odoo your tickets are those of the user with ana\_n@other.example`},
		{"my mail forget", "I do not know your mail address"},
	} {
		h.says(ana, step.text)
		if said := h.chat.lastText(); !strings.HasPrefix(said, step.want) {
			t.Errorf("%q is answered with %q, want %q", step.text, said, step.want)
		}
	}
}

// times counts how often something was done.
func times(all []string, what string) int {
	return strings.Count("\n"+strings.Join(all, "\n")+"\n", "\n"+what+"\n")
}
