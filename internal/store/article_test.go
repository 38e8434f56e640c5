package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/internal/store"
	"handrail/internal/ticket"
)

// write stores an article of a new ticket and gives it.
func write(t *testing.T, db *store.DB, tenant string, body ticket.ArticleBody) ticket.Article {
	t.Helper()
	made := create(t, db, fresh(tenant, body.Title))
	article := ticket.Article{ID: made.ID, Version: 1, ArticleBody: body, By: ana, At: morning}
	inTx(t, db, func(tx ticket.Tx) error { return tx.SaveArticle(t.Context(), article) })
	return article
}

// matches gives the tickets of what was found for what a person wrote.
func matches(t *testing.T, db *store.DB, written string) []int64 {
	t.Helper()
	words := ticket.SearchWords(written)
	found, err := db.ArticlesWith(t.Context(), "contoso", words, 50)
	ok(t, err)
	var numbers []int64
	for _, match := range ticket.Best(found, nil, words, 5) {
		numbers = append(numbers, match.Article.Number)
	}
	return numbers
}

func TestAnArticleIsKeptWrittenAgainAndReadAsItWas(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		body := ticket.ArticleBody{Title: "VPN drops", Symptom: "Every hour", Area: "code", Means: "fix", Solution: "Renew the lease\x00"}
		article := write(t, db, "contoso", body)
		article.Solution = "Renew the lease"
		stored, is, err := db.Article(t.Context(), article.ID)
		ok(t, err)
		equal(t, is, true)
		equal(t, stored, article)

		article.Version, article.Solution, article.By, article.At = 2, "Replace the router", ben, morning.Add(time.Hour)
		article.Shelf = ticket.Shelf{Ref: ticket.RecordRef{Model: "knowledge.article", Number: 7, Label: "VPN", URL: "https://odoo"}, Version: 2, Digest: "d"}
		inTx(t, db, func(tx ticket.Tx) error { return tx.SaveArticle(t.Context(), article) })
		stored, _, err = db.Article(t.Context(), article.ID)
		ok(t, err)
		equal(t, stored, article)
		equal(t, matches(t, db, "lease"), []int64(nil))
		equal(t, matches(t, db, "router"), []int64{article.Number})

		_, is, err = db.Article(t.Context(), ticket.ID{Tenant: "fabrikam", Number: article.Number})
		ok(t, err)
		equal(t, is, false)
		gone := ticket.Article{ID: ticket.ID{Tenant: "contoso", Number: 99}, At: morning}
		err = db.InTx(t.Context(), func(tx ticket.Tx) error { return tx.SaveArticle(t.Context(), gone) })
		equal(t, ticket.KindOf(err), ticket.NotFound)
	})
}

func TestArticlesAreFoundByTheirWordsInAnyScriptAndOfTheirTenantOnly(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		write(t, db, "contoso", ticket.ArticleBody{Title: "Printer prints blank pages", Symptom: "Only from Word", Solution: "Install the driver again"})
		write(t, db, "contoso", ticket.ArticleBody{Title: "VPN drops", Symptom: "After the driver was changed", Solution: "Driver 5.1"})
		write(t, db, "contoso", ticket.ArticleBody{Title: "会議室の予約ができない", Symptom: "ログインできません", Solution: "再起動"})
		write(t, db, "contoso", ticket.ArticleBody{Title: "Größe der Anhänge", Symptom: "ÜBERLAUF", Solution: "C:\\temp\\100%_full 'x'"})
		write(t, db, "fabrikam", ticket.ArticleBody{Title: "VPN drops", Symptom: "driver", Solution: "driver"})
		for written, want := range map[string][]int64{
			"vpn driver":           {2, 1},
			"DRIVERS":              nil,
			"driv":                 {2, 1},
			"install":              {1},
			"blank printer":        {1},
			"予約":                   {3},
			"größe überlauf":       {4},
			"100":                  {4},
			"5.1":                  {2, 4},
			"nothing of this":      nil,
			"drop table articles;": {2},
			"temp' OR true --":     {4},
			`a:* & !b | "c" <-> (`: nil,
			"near/2 AND OR NOT *":  nil,
			"%":                    nil,
			`_'"\`:                 nil,
			"":                     nil,
		} {
			if got := matches(t, db, written); !slices.Equal(got, want) {
				t.Errorf("%q finds %v, want %v", written, got, want)
			}
		}
		equal(t, matches(t, db, strings.Repeat("vpn ", 2500)), []int64{2})
		equal(t, matches(t, db, strings.Repeat("x", 10_000)), []int64(nil))
	})
}

func TestOfManyArticlesTheBestAreGivenFirst(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for i := range 60 {
			write(t, db, "contoso", ticket.ArticleBody{Title: fmt.Sprint("Mail ", i), Symptom: "slow mail", Solution: "wait"})
		}
		best := write(t, db, "contoso", ticket.ArticleBody{Title: "Mail is lost", Symptom: "The queue stands", Solution: "Start the queue"})
		for i := range 60 {
			write(t, db, "contoso", ticket.ArticleBody{Title: fmt.Sprint("Mail ", i), Symptom: "slow mail", Solution: "wait"})
		}
		equal(t, matches(t, db, "mail lost queue")[0], best.Number)
	})
}
