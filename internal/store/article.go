package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"handrail/internal/ticket"
)

// articleRow is the article of a ticket.
type articleRow struct {
	Tenant      string
	Number      int64
	Version     int64
	Body, Shelf string

	ByID, ByName, ByObjectID string
	At                       time.Time
}

// TableName names the table.
func (*articleRow) TableName() string { return "articles" }

const articleColumns = "tenant, number, version, body, shelf, by_id, by_name, by_object_id, at"

func (row *articleRow) article() (ticket.Article, error) {
	a := ticket.Article{
		ID: ticket.ID{Tenant: row.Tenant, Number: row.Number}, Version: row.Version,
		By: ticket.Person{ID: row.ByID, Name: row.ByName, ObjectID: row.ByObjectID}, At: instant(row.At),
	}
	return a, errors.Join(decode(row.Body, &a.ArticleBody), decode(row.Shelf, &a.Shelf))
}

// Article gives the article of a ticket; false where nobody has written one.
func (r reader) Article(ctx context.Context, id ticket.ID) (ticket.Article, bool, error) {
	var row articleRow
	err := r.orm.WithContext(ctx).Select(articleColumns).Where("tenant = ? AND number = ?", words(id.Tenant), id.Number).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ticket.Article{}, false, nil
	}
	if err != nil {
		return ticket.Article{}, false, explain(fmt.Errorf("store: read the article of %s: %w", id, err))
	}
	article, err := row.article()
	return article, err == nil, err
}

// ArticlesWith gives articles in which one of the words stands, those that have
// more of them first. A word is found as the beginning of another by the index;
// what has none of them so, such as a script without blanks, is read through.
func (r reader) ArticlesWith(ctx context.Context, tenant string, wanted []string, limit int) ([]ticket.Article, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	found, err := r.articles(ctx, r.indexed(wanted), words(tenant), limit)
	if err != nil || len(found) > 0 {
		return found, err
	}
	var within []string
	var values []any
	for _, word := range wanted {
		if len(word) < 3 {
			continue // which stands in too many others; a sign of a script without blanks is longer
		}
		within, values = append(within, "search LIKE ? ESCAPE '!'"), append(values, "%"+escapeLike(small(word))+"%")
	}
	if len(within) == 0 {
		return nil, nil
	}
	return r.articles(ctx, search{where: "(" + strings.Join(within, " OR ") + ")", values: values, order: "at DESC"}, words(tenant), limit)
}

// search is how articles are looked for.
type search struct {
	where, order string
	values       []any
}

// indexed looks for words by the index of the database. They are letters and digits
// alone, and quoted besides: in a query of either database they are words only.
func (r reader) indexed(wanted []string) search {
	var quoted []string
	if r.orm.Name() == "postgres" {
		for _, word := range wanted {
			quoted = append(quoted, "'"+strings.ReplaceAll(words(word), "'", "''")+"':*")
		}
		query := strings.Join(quoted, " | ")
		return search{
			where: "words @@ to_tsquery('simple', ?)", order: "ts_rank(words, to_tsquery('simple', ?)) DESC", values: []any{query, query},
		}
	}
	for _, word := range wanted {
		quoted = append(quoted, `"`+strings.ReplaceAll(words(word), `"`, `""`)+`"*`)
	}
	return search{
		where: "articles_words MATCH ?", order: "articles_words.rank", values: []any{strings.Join(quoted, " OR ")},
	}
}

func (r reader) articles(ctx context.Context, by search, tenant string, limit int) ([]ticket.Article, error) {
	from := "articles"
	if strings.HasPrefix(by.where, "articles_words") {
		from = "articles_words JOIN articles ON articles.id = articles_words.rowid"
	}
	statement := "SELECT " + articleColumns + " FROM " + from + " WHERE tenant = ? AND " + by.where +
		" ORDER BY " + by.order + ", number DESC LIMIT ?"
	values := slices.Concat([]any{tenant}, by.values, []any{max(limit, 0)})
	var rows []articleRow
	if err := r.orm.WithContext(ctx).Raw(statement, values...).Scan(&rows).Error; err != nil {
		return nil, explain(fmt.Errorf("store: look for articles: %w", err))
	}
	found := make([]ticket.Article, len(rows))
	for i := range rows {
		var err error
		if found[i], err = rows[i].article(); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// SaveArticle stores the article of a ticket in place of an earlier one.
func (t *tx) SaveArticle(ctx context.Context, a ticket.Article) error {
	body, err := encode(a.ArticleBody)
	if err != nil {
		return err
	}
	shelf, err := encode(a.Shelf)
	if err != nil {
		return err
	}
	err = t.orm.WithContext(ctx).Exec("INSERT INTO articles ("+articleColumns+", search) VALUES "+places(1, 10)+
		" ON CONFLICT (tenant, number) DO UPDATE SET version = excluded.version, body = excluded.body, shelf = excluded.shelf, "+
		"by_id = excluded.by_id, by_name = excluded.by_name, by_object_id = excluded.by_object_id, at = excluded.at, search = excluded.search",
		words(a.Tenant), a.Number, a.Version, body, shelf, words(a.By.ID), words(a.By.Name), words(a.By.ObjectID), instant(a.At),
		small(a.Whole())).Error
	if err != nil {
		return explain(fmt.Errorf("store: save the article of %s: %w", a.ID, err))
	}
	return nil
}
