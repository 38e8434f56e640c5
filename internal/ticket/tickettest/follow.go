package tickettest

import (
	"cmp"
	"context"
	"slices"

	"handrail/internal/ticket"
)

// Follows gives what a place follows.
func (s *Store) Follows(ctx context.Context, place ticket.Place) ([]ticket.Follow, error) {
	return s.reader().Follows(ctx, place)
}

// Followers gives the follows of every place that the bot knows which may want the ticket.
func (s *Store) Followers(ctx context.Context, id ticket.ID) ([]ticket.Follower, error) {
	return s.reader().Followers(ctx, id)
}

// Quiet gives the quiet hours of a conversation.
func (s *Store) Quiet(ctx context.Context, tenant, conversation string) (ticket.Quiet, bool, error) {
	return s.reader().Quiet(ctx, tenant, conversation)
}

// Follows gives what a place follows: tickets by class first, then one by one.
func (r reader) Follows(_ context.Context, place ticket.Place) ([]ticket.Follow, error) {
	follows := slices.DeleteFunc(slices.Clone(r.follows), func(f ticket.Follow) bool { return f.Place != place })
	slices.SortFunc(follows, func(a, b ticket.Follow) int { return cmp.Compare(a.Number, b.Number) })
	return follows, nil
}

// Followers gives the follows of every place that the bot knows which may want the ticket.
func (r reader) Followers(ctx context.Context, id ticket.ID) ([]ticket.Follower, error) {
	var found []ticket.Follower
	for _, follow := range r.follows {
		address, known, err := r.Address(ctx, follow.Place)
		if err != nil {
			return nil, err
		}
		if !known || follow.Tenant != id.Tenant || follow.Number != 0 && follow.Number != id.Number {
			continue
		}
		f := ticket.Follower{Follow: follow, Refused: address.Refused}
		for _, quiet := range r.quiets {
			if quiet.Tenant == follow.Tenant && quiet.Conversation == follow.Conversation {
				f.Quiet = &quiet
			}
		}
		for _, notice := range r.held {
			if notice.Place != follow.Place {
				continue
			}
			f.Waiting = f.Waiting || !notice.Told
			if notice.Number == id.Number {
				f.Told, f.Held = notice.Event.Version, !notice.Told
			}
		}
		found = append(found, f)
	}
	slices.SortFunc(found, func(a, b ticket.Follower) int {
		return cmp.Or(cmp.Compare(a.Conversation, b.Conversation), cmp.Compare(a.Thread, b.Thread), cmp.Compare(a.Number, b.Number))
	})
	return found, nil
}

// Quiet gives the quiet hours of a conversation.
func (r reader) Quiet(_ context.Context, tenant, conversation string) (ticket.Quiet, bool, error) {
	for _, quiet := range r.quiets {
		if quiet.Tenant == tenant && quiet.Conversation == conversation {
			return quiet, true, nil
		}
	}
	return ticket.Quiet{}, false, nil
}

// Follow stores a follow in the place of an older one.
func (x *tx) Follow(_ context.Context, follow ticket.Follow) error {
	x.follows = slices.DeleteFunc(x.follows, func(old ticket.Follow) bool { return old.Place == follow.Place && old.Number == follow.Number })
	x.follows = append(x.follows, follow)
	return nil
}

// Unfollow removes the follows of a place with the numbers, and its status
// posts of tickets that no follow is left for.
func (x *tx) Unfollow(_ context.Context, place ticket.Place, numbers []int64) error {
	x.follows = slices.DeleteFunc(x.follows, func(f ticket.Follow) bool { return f.Place == place && slices.Contains(numbers, f.Number) })
	x.posts = slices.DeleteFunc(x.posts, func(post ticket.Post) bool {
		return post.Place == place && post.Purpose == ticket.PurposeStatus && !slices.ContainsFunc(x.follows, func(f ticket.Follow) bool {
			return f.Place == place && (f.Number == 0 || f.Number == post.Number)
		})
	})
	return nil
}

// SetQuiet stores the quiet hours of a conversation.
func (x *tx) SetQuiet(ctx context.Context, quiet ticket.Quiet) error {
	if err := x.EndQuiet(ctx, quiet.Tenant, quiet.Conversation); err != nil {
		return err
	}
	x.quiets = append(x.quiets, quiet)
	return nil
}

// EndQuiet removes the quiet hours of a conversation.
func (x *tx) EndQuiet(_ context.Context, tenant, conversation string) error {
	x.quiets = slices.DeleteFunc(x.quiets, func(q ticket.Quiet) bool { return q.Tenant == tenant && q.Conversation == conversation })
	return nil
}

// Hold stores notices in the place of older ones of the same place and ticket.
// The version of which the place was told never goes back.
func (x *tx) Hold(_ context.Context, notices []ticket.HeldNotice) error {
	for _, notice := range notices {
		x.held = slices.DeleteFunc(x.held, func(old ticket.HeldNotice) bool {
			same := old.Place == notice.Place && old.Number == notice.Number
			if same {
				notice.Event.Version = max(notice.Event.Version, old.Event.Version)
			}
			return same
		})
		x.held = append(x.held, notice)
	}
	return nil
}

// Waiting gives the places of a conversation for which notices wait.
func (x *tx) Waiting(_ context.Context, tenant, conversation string) ([]ticket.Place, error) {
	var waiting []ticket.Place
	for _, notice := range x.held {
		if notice.Tenant == tenant && notice.Conversation == conversation && !notice.Told && !slices.Contains(waiting, notice.Place) {
			waiting = append(waiting, notice.Place)
		}
	}
	slices.SortFunc(waiting, func(a, b ticket.Place) int { return cmp.Compare(a.Thread, b.Thread) })
	return waiting, nil
}

// Release gives the notices that wait for a place, oldest first, and notes that they are told.
func (x *tx) Release(_ context.Context, place ticket.Place) ([]ticket.HeldNotice, error) {
	var released []ticket.HeldNotice
	for i := range x.held {
		if notice := &x.held[i]; notice.Place == place && !notice.Told {
			notice.Told = true
			released = append(released, *notice)
		}
	}
	slices.SortFunc(released, func(a, b ticket.HeldNotice) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Number, b.Number)) })
	return released, nil
}

// AddStatusPosts stores status posts; one that its place has already keeps the id 0.
func (x *tx) AddStatusPosts(ctx context.Context, posts []*ticket.Post) error {
	for _, post := range posts {
		if slices.ContainsFunc(x.posts, func(old ticket.Post) bool {
			return old.Place == post.Place && old.Number == post.Number && old.Purpose == ticket.PurposeStatus
		}) {
			continue
		}
		if err := x.AddPost(ctx, post); err != nil {
			return err
		}
	}
	return nil
}

// NotePosts notes that the places of the ticket's posts were told of the version.
func (x *tx) NotePosts(_ context.Context, id ticket.ID, version int64) error {
	for i := range x.posts {
		if post := &x.posts[i]; post.Tenant == id.Tenant && post.Number == id.Number {
			post.Noticed = max(post.Noticed, version)
		}
	}
	return nil
}
