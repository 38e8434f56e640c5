package ticket

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Article is what a ticket has taught, for whoever meets the same trouble again.
// A ticket has one at most. It is for the desk and never for customers.
type Article struct {
	ID
	// Version counts the times that it was written; 0 for one that never was.
	Version int64
	ArticleBody
	By Person
	At time.Time
	// Shelf is where it stands beside Handrail's own store.
	Shelf Shelf
}

// ArticleBody is what an article says. It is stored as JSON: add to it, never rename.
type ArticleBody struct {
	Title   string `json:"title"`
	Symptom string `json:"symptom"`
	Cause   string `json:"cause,omitempty"`
	// Area is where the cause lies, one of [Areas].
	Area string `json:"area"`
	// Means tells a fix from a workaround: a choice of the item "solution".
	Means        string `json:"means"`
	Solution     string `json:"solution"`
	Verification string `json:"verification,omitempty"`
}

// Fields of the form of an article. Its title, area and means are [FieldTitle],
// [FieldArea] and [FieldMeans].
const (
	FieldSymptom      = "symptom"
	FieldCause        = "cause"
	FieldArea         = "area"
	FieldMeans        = "means"
	FieldSolution     = "solution"
	FieldVerification = "verification"
)

// Limits of the parts of an article, in characters: together they fit into the form of one message.
const (
	MaxSymptom      = 3000
	MaxArticleCause = 2000
	MaxSolution     = 4000
	MaxVerification = 2000
)

// Means lists what a solution may be.
func Means() []string { return []string{"fix", "workaround"} }

// PreparedArticle gives what an article of the ticket says when nobody has written
// it yet: its facts and evidence, without secrets.
func (t *Ticket) PreparedArticle(guard Guard) ArticleBody {
	shown := t.Masked(guard)
	words := func(id FactID) string {
		fact, _ := shown.Fact(id)
		return fact.Words
	}
	symptom := words(FactSituation)
	if steps := words(FactSteps); steps != "" {
		symptom += "\n\n" + steps
	}
	body := ArticleBody{
		Title: shown.Title, Symptom: symptom, Cause: words(FactCause), Area: shown.Area(),
		Means: shown.Marks[ItemSolution].Choice, Solution: words(FactSolution), Verification: words(FactVerification),
	}
	if body.Area == "" {
		body.Area = CauseUnknown
	}
	return body
}

// Whole gives all that the article says, a paragraph for each part.
func (b ArticleBody) Whole() string {
	var parts []string
	for _, part := range []string{b.Title, b.Symptom, b.Cause, b.Solution, b.Verification} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "\n\n")
}

// clean gives the body as it is stored: without what cannot be seen, and without secrets.
func (b ArticleBody) clean(guard Guard) ArticleBody {
	for _, part := range []*string{&b.Title, &b.Symptom, &b.Cause, &b.Solution, &b.Verification} {
		*part = Clean(*part)
		*part = Masked(*part, guard.Secrets(*part))
	}
	b.Title = strings.Join(strings.Fields(b.Title), " ")
	return b
}

// check gives all that is wrong with the body, in the order of the form.
func (b ArticleBody) check() Faults {
	var faults Faults
	switch n := utf8.RuneCountInString(b.Title); {
	case n == 0:
		faults = append(faults, fault(FieldTitle, "error.title_required", nil))
	case n > MaxTitle:
		faults = append(faults, fault(FieldTitle, "error.article_title_long", map[string]any{"Limit": MaxTitle, "Length": n}))
	}
	part := func(field, words string, limit int, required bool) {
		switch n := utf8.RuneCountInString(words); {
		case n == 0 && required:
			faults = append(faults, fault(field, "error.article_part", nil))
		case n > limit:
			faults = append(faults, fault(field, "error.part_long", map[string]any{"Limit": limit, "Length": n}))
		}
	}
	choice := func(field, chosen string, choices []string) {
		faults = append(faults, check(Item{Choices: choices, WordsOptional: true}, Evidence{Choice: chosen}).at(field)...)
	}
	part(FieldSymptom, b.Symptom, MaxSymptom, true)
	choice(FieldArea, b.Area, Areas())
	part(FieldCause, b.Cause, MaxArticleCause, false)
	choice(FieldMeans, b.Means, Means())
	part(FieldSolution, b.Solution, MaxSolution, true)
	part(FieldVerification, b.Verification, MaxVerification, false)
	return faults
}

// at gives the faults as those of another field.
func (f Faults) at(field string) Faults {
	for _, one := range f {
		one.Field = field
	}
	return f
}

// WriteArticle writes the ticket's article, or writes it again, also after the
// ticket was closed. In Follow-up it is the evidence of the knowledge base entry.
func (c *Change) WriteArticle(body ArticleBody) error {
	if err := c.entitled(); err != nil {
		return err
	}
	body = body.clean(c.Guard)
	if faults := body.check(); len(faults) > 0 {
		return faults
	}
	t := c.Ticket
	article, written, err := c.written()
	if err != nil {
		return err
	}
	if written && article.ArticleBody == body && article.Shelf.Trouble == "" {
		return &Error{Kind: Invalid, Message: "error.unchanged", Args: map[string]any{"Ticket": t.String()}}
	}
	article.ID, article.ArticleBody, article.By, article.At = t.ID, body, c.By.Person, c.At
	article.Version++
	c.article = &article
	c.note(EntryArticle, "", "", body.Title, body.Whole())
	if t.State == Open && t.Step == FollowUp {
		c.set(ItemKnowledge, Done, Evidence{Words: body.Title})
	}
	c.Then(PutArticle{Tenant: t.Tenant, Number: t.Number, Version: article.Version})
	return nil
}

// articles lets a change read the article of its ticket.
func articles(ctx context.Context, r Reader, id ID) func() (Article, bool, error) {
	return func() (Article, bool, error) { return r.Article(ctx, id) }
}

// Adopt takes a solution that is known already for the ticket: it is a fact from now
// on, which fills the evidence of the solution and the texts.
func (c *Change) Adopt(words string) error {
	fact := Fact{Words: Clean(words)}
	if err := c.Gather(FactSolution, fact); err != nil || len(c.entries) > 0 {
		return err
	}
	return &Error{Kind: Invalid, Message: "error.unchanged", Args: map[string]any{"Ticket": c.Ticket.String()}}
}

// PutArticle brings an article to where it stands beside Handrail's own store.
type PutArticle struct {
	Tenant string `json:"tenant"`
	Number int64  `json:"number"`
	// Version is that of the article.
	Version int64 `json:"version"`
}

// Kind gives the stored word of the job.
func (PutArticle) Kind() string { return "article.put" }

// key is the history's key of what became of a version of an article.
func (s Shelf) key(a Article) string {
	return strings.Join([]string{"article", a.String(), strconv.FormatInt(a.Version, 10), s.Trouble}, " ")
}

// Shelved notes where an article stands now, or why it does not stand there. One that
// was written again meanwhile is put there again.
func (d *Desk) Shelved(ctx context.Context, a Article, shelf Shelf) error {
	shelf.Version = a.Version
	_, err := d.Change(ctx, Handrail(a.Tenant), Press{ID: a.ID, Key: shelf.key(a)}, func(c *Change) error {
		current, ok, err := c.written()
		if err != nil || !ok {
			return err
		}
		current.Shelf = shelf
		c.article = &current
		if shelf.Trouble != "" {
			c.note(EntryUnshelved, shelf.Trouble, "", a.Title, "")
		} else {
			c.note(EntryShelved, "", "", shelf.Ref.Label, "")
		}
		if current.Version > a.Version {
			c.Then(PutArticle{Tenant: a.Tenant, Number: a.Number, Version: current.Version})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note where the article of %s is: %w", a.ID, err)
	}
	return nil
}
