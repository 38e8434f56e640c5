package ticket_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/ticket"
	"handrail/internal/ticket/tickettest"
)

// library is a desk with one ticket of Ana's.
type library struct {
	t     *testing.T
	store *tickettest.Store
	desk  *ticket.Desk
	id    ticket.ID
	ana   ticket.Actor
}

func newLibrary(t *testing.T, step ticket.Step, state ticket.State) *library {
	t.Helper()
	l := &library{t: t, store: tickettest.NewStore(), ana: ticket.Actor{Tenant: "contoso", Person: ticket.Person{ID: "ana", Name: "Ana"}}}
	l.desk = &ticket.Desk{
		Store: l.store, Policy: ticket.DefaultPolicy(), Guard: tickettest.Guard{},
		Now: func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) },
	}
	made := &ticket.Ticket{
		ID: ticket.ID{Tenant: "contoso"}, Title: "VPN drops", Details: "Every hour", Step: step, State: state, Derived: ticket.Standard, Owner: &l.ana.Person,
		Marks: map[ticket.ItemID]ticket.Mark{
			ticket.ItemCause:    {State: ticket.Done, Evidence: ticket.Evidence{Choice: "code", Words: "A lease ends"}},
			ticket.ItemSolution: {State: ticket.Done, Evidence: ticket.Evidence{Choice: "workaround", Words: "Renew it"}},
		},
	}
	err := l.store.InTx(t.Context(), func(tx ticket.Tx) error { return tx.Create(t.Context(), made, ticket.Entry{Version: 1}) })
	if err != nil {
		t.Fatal(err)
	}
	l.id = made.ID
	return l
}

func (l *library) write(by ticket.Actor, body ticket.ArticleBody) error {
	_, err := l.desk.Change(l.t.Context(), by, ticket.Press{ID: l.id}, func(c *ticket.Change) error { return c.WriteArticle(body) })
	return err
}

func (l *library) article() ticket.Article {
	l.t.Helper()
	article, _, err := l.store.Article(l.t.Context(), l.id)
	if err != nil {
		l.t.Fatal(err)
	}
	return article
}

func anArticle() ticket.ArticleBody {
	return ticket.ArticleBody{Title: "VPN", Symptom: "Drops", Area: "code", Means: "fix", Solution: "Renew"}
}

func TestAnArticleIsPreparedFromTheFacts(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, ticket.FollowUp, ticket.Open)
	of, err := l.store.Ticket(t.Context(), l.id)
	if err != nil {
		t.Fatal(err)
	}
	want := ticket.ArticleBody{
		Title: "VPN drops", Symptom: "Every hour", Cause: "A lease ends", Area: "code", Means: "workaround", Solution: "Renew it",
	}
	if got := of.PreparedArticle(tickettest.Guard{}); got != want {
		t.Errorf("prepared is %+v", got)
	}
}

func TestAnArticleIsTheEvidenceOfItsItemInFollowUpOnly(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		step  ticket.Step
		state ticket.State
		marks bool
	}{{ticket.FollowUp, ticket.Open, true}, {ticket.Diagnosis, ticket.Open, false}, {ticket.TrendAnalysis, ticket.Closed, false}} {
		l := newLibrary(t, test.step, test.state)
		if err := l.write(l.ana, anArticle()); err != nil {
			t.Fatal(err)
		}
		of, err := l.store.Ticket(t.Context(), l.id)
		if err != nil {
			t.Fatal(err)
		}
		if _, marked := of.Marks[ticket.ItemKnowledge]; marked != test.marks || l.article().Version != 1 {
			t.Errorf("in %s the item is marked: %t", test.step, marked)
		}
		job := ticket.PutArticle{Tenant: "contoso", Number: l.id.Number, Version: 1}
		if !slices.ContainsFunc(l.store.Tasks(), func(task ticket.Task) bool { return task.Job == job }) {
			t.Errorf("in %s nothing puts it into the library", test.step)
		}
	}
}

func TestAnArticleIsWrittenByWhoMayChangeItsTicketAndSaysSomethingNew(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, ticket.TrendAnalysis, ticket.Closed)
	ben := ticket.Actor{Tenant: "contoso", Person: ticket.Person{ID: "ben", Name: "Ben"}}
	if err := l.write(ben, anArticle()); ticket.KindOf(err) != ticket.Forbidden {
		t.Errorf("a stranger is told %v", err)
	}
	if err := l.write(l.ana, anArticle()); err != nil {
		t.Fatal(err)
	}
	if err := l.write(l.ana, anArticle()); ticket.KindOf(err) != ticket.Invalid {
		t.Errorf("the same again is told %v", err)
	}
	long := ticket.ArticleBody{Title: strings.Repeat("x", 201), Cause: strings.Repeat("x", 2001), Area: "moon"}
	err := l.write(l.ana, long)
	for _, want := range []string{"title: ", "symptom: ", "area: ", "cause: ", "means: ", "solution: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v says nothing of %s", err, want)
		}
	}
	if l.article().Version != 1 {
		t.Errorf("the article is %+v", l.article())
	}
}

func TestAnArticleThatWasWrittenMeanwhileIsPutThereAgain(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, ticket.FollowUp, ticket.Open)
	if err := l.write(l.ana, anArticle()); err != nil {
		t.Fatal(err)
	}
	first := l.article()
	newer := anArticle()
	newer.Solution = "Replace it"
	if err := l.write(l.ana, newer); err != nil {
		t.Fatal(err)
	}
	l.store.TakeTasks()
	shelf := ticket.Shelf{Ref: ticket.RecordRef{Model: "knowledge.article", Number: 7}, Digest: "first"}
	for range 2 { // noted twice, it is noted once
		if err := l.desk.Shelved(t.Context(), first, shelf); err != nil {
			t.Fatal(err)
		}
	}
	again := ticket.PutArticle{Tenant: "contoso", Number: l.id.Number, Version: 2}
	tasks := slices.DeleteFunc(l.store.Tasks(), func(task ticket.Task) bool { return task.Job != again })
	if now := l.article(); len(tasks) != 1 || now.Solution != "Replace it" || now.Shelf.Ref.Number != 7 || now.Shelf.Version != 1 {
		t.Errorf("%d jobs, and the article is %+v", len(tasks), now)
	}
}

func TestASolutionIsAdoptedOnce(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, ticket.Diagnosis, ticket.Open)
	adopt := func() error {
		_, err := l.desk.Change(t.Context(), l.ana, ticket.Press{ID: l.id}, func(c *ticket.Change) error { return c.Adopt(" Reboot ") })
		return err
	}
	if err := adopt(); err != nil {
		t.Fatal(err)
	}
	if err := adopt(); ticket.KindOf(err) != ticket.Invalid {
		t.Errorf("adopted twice: %v", err)
	}
	of, err := l.store.Ticket(t.Context(), l.id)
	if err != nil || of.Gathered[ticket.FactSolution].Words != "Reboot" {
		t.Errorf("the solution is %+v, %v", of.Gathered, err)
	}
}

func TestWordsToSearchForAreLettersAndDigitsAlone(t *testing.T) {
	t.Parallel()
	for written, want := range map[string][]string{
		"VPN drops, VPN!": {"vpn", "drops"}, `%_'"\`: nil, "": nil, "a Größe 5 ḍ": {"größe", "5", "ḍ"}, "予約 b": {"予約"},
		"<script>alert('x')</script>": {"script", "alert"}, strings.Repeat("ab ", 5000): {"ab"}, strings.Repeat("y", 90): {strings.Repeat("y", 40)},
	} {
		if got := ticket.SearchWords(written); !slices.Equal(got, want) {
			t.Errorf("%.40q is %q, want %q", written, got, want)
		}
	}
	if got := ticket.SearchWords("b1 b2 b3 b4 b5 b6 b7 b8 b9 b10 b11 b12 b13"); len(got) != 12 {
		t.Errorf("there are %d words", len(got))
	}
}

func TestTheBestIsFirstAndAnArticleIsShownOnce(t *testing.T) {
	t.Parallel()
	article := func(number int64, title, solution string) ticket.Article {
		body := anArticle()
		body.Title, body.Solution = title, solution
		return ticket.Article{ID: ticket.ID{Tenant: "contoso", Number: number}, ArticleBody: body, At: time.Unix(number, 0)}
	}
	here := []ticket.Article{article(1, "Mail", "Clear the queue"), article(2, "Queue", "Mail it"), article(3, "Printer", "Other queue")}
	here[0].Shelf.Ref = ticket.RecordRef{Model: "knowledge.article", Number: 9, Label: "Mail"}
	pages := []ticket.Found{
		{Ref: ticket.RecordRef{Model: "knowledge.article", Number: 9}, Title: "Mail and queue"},
		{Ref: ticket.RecordRef{Model: "knowledge.article", Number: 10}, Title: "Mail queue", At: time.Unix(50, 0)},
	}
	var got []string
	for _, match := range ticket.Best(here, pages, []string{"mail", "queue"}, 4) {
		if match.Page != nil {
			got = append(got, match.Page.Title)
		} else {
			got = append(got, match.Article.String())
		}
	}
	if want := []string{"Mail queue", "T-2", "T-1", "T-3"}; !slices.Equal(got, want) {
		t.Errorf("the order is %q, want %q", got, want)
	}
}
