package tickettest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"handrail/internal/ticket"
)

// Article gives the article of a ticket; false where nobody has written one.
func (s *Store) Article(ctx context.Context, id ticket.ID) (ticket.Article, bool, error) {
	return s.reader().Article(ctx, id)
}

// ArticlesWith gives articles of a tenant in which one of the words stands.
func (s *Store) ArticlesWith(ctx context.Context, tenant string, words []string, limit int) ([]ticket.Article, error) {
	return s.reader().ArticlesWith(ctx, tenant, words, limit)
}

// Article gives the article of a ticket; false where nobody has written one.
func (r reader) Article(_ context.Context, id ticket.ID) (ticket.Article, bool, error) {
	article, ok := r.articles[id]
	return article, ok, nil
}

// ArticlesWith gives articles of a tenant in which one of the words stands.
func (r reader) ArticlesWith(_ context.Context, tenant string, words []string, limit int) ([]ticket.Article, error) {
	var found []ticket.Article
	for _, article := range r.articles {
		text := strings.ToLower(article.Whole())
		if article.Tenant == tenant && slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) }) {
			found = append(found, article)
		}
	}
	slices.SortFunc(found, func(a, b ticket.Article) int { return cmp.Compare(b.Number, a.Number) })
	best := make([]ticket.Article, 0, limit)
	for _, match := range ticket.Best(found, nil, words, limit) {
		best = append(best, *match.Article)
	}
	return best, nil
}

// SaveArticle stores the article of a ticket in place of an earlier one.
func (x *tx) SaveArticle(_ context.Context, article ticket.Article) error {
	x.articles[article.ID] = article
	return nil
}
