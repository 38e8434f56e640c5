package teams

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/infracloudio/msbotbuilder-go/schema"
)

// Member is a person in a conversation.
type Member struct {
	// ID is the person's id in Teams ("29:…").
	ID string `json:"id"`
	// ObjectID is the person's id in Entra.
	ObjectID string `json:"aadObjectId"`
	// Name is the display name.
	Name string `json:"name"`
	// Email may be empty.
	Email string `json:"email"`
	// UserPrincipalName is the sign-in name.
	UserPrincipalName string `json:"userPrincipalName"`
	// Tenant is the person's Entra tenant.
	Tenant string `json:"tenantId"`
	// Role is "user", "guest" or "anonymous".
	Role string `json:"userRole"`
}

// memberPageSize is the largest page that Teams gives (pagedMembers).
const memberPageSize = 500

// memberPages bounds how many pages are read, should a server turn in a
// circle; a team has at most 25,000 members.
const memberPages = 200

// Members walks through the members of a chat, or of the team of a channel,
// page by page. After an error it ends.
func (c *Connector) Members(ctx context.Context, ref Reference) iter.Seq2[Member, error] {
	return func(yield func(Member, error) bool) {
		token := ""
		for range memberPages {
			page, next, err := c.membersPage(ctx, ref, token)
			if err != nil {
				yield(Member{}, fmt.Errorf("teams: members of %s: %w", ref, err))
				return
			}
			for _, member := range page {
				if !yield(member, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			token = next
		}
		yield(Member{}, fmt.Errorf("teams: members of %s: the pages do not end", ref))
	}
}

func (c *Connector) membersPage(ctx context.Context, ref Reference, token string) (page []Member, next string, err error) {
	if err := ref.check(); err != nil {
		return nil, "", err
	}
	target, err := address(ref.ServiceURL, "v3", "conversations", ref.Root(), "pagedMembers")
	if err != nil {
		return nil, "", err
	}
	query := url.Values{"pageSize": {strconv.Itoa(memberPageSize)}}
	if token != "" {
		query.Set("continuationToken", token)
	}
	target.RawQuery = query.Encode()
	var answer struct {
		ContinuationToken string   `json:"continuationToken"`
		Members           []Member `json:"members"`
	}
	err = c.read(ctx, "members", ref, func() error {
		return c.do(ctx, "members", http.MethodGet, target, nil, &answer)
	})
	return answer.Members, answer.ContinuationToken, err
}

// Member returns one member by their id in Teams or in Entra. Somebody who is
// not in the conversation is an error of kind Refused with status 404.
func (c *Connector) Member(ctx context.Context, ref Reference, id string) (Member, error) {
	if err := errors.Join(ref.check(), checkID("member", id)); err != nil {
		return Member{}, fmt.Errorf("teams: member of %s: %w", ref, err)
	}
	target, err := address(ref.ServiceURL, "v3", "conversations", ref.Root(), "members", id)
	if err != nil {
		return Member{}, wrap("member of", ref, err)
	}
	var member Member
	err = c.read(ctx, "member", ref, func() error {
		return c.do(ctx, "member", http.MethodGet, target, nil, &member)
	})
	return member, wrap("member of", ref, err)
}

// IsNotMember tells whether [Connector.Member] has failed because the person is
// not in the conversation.
func IsNotMember(err error) bool {
	refused, ok := errors.AsType[*Error](err)
	return ok && refused.Kind == Refused && refused.Status == http.StatusNotFound
}

// opening is the body of a request for a new conversation. The library's
// schema.ConversationParameters would always send an activity.
type opening struct {
	IsGroup     bool                    `json:"isGroup"`
	Bot         *schema.ChannelAccount  `json:"bot,omitempty"`
	Members     []schema.ChannelAccount `json:"members,omitempty"`
	TenantID    string                  `json:"tenantId,omitempty"`
	ChannelData map[string]any          `json:"channelData"`
	Activity    *outgoing               `json:"activity,omitempty"`
}

// OpenPersonal returns the id of the bot's chat with a person, which Teams
// makes when it is not there yet. Of the Reference it uses the service URL,
// the tenant and the bot. It is an error of kind NotInstalled when the person
// does not have the app.
func (c *Connector) OpenPersonal(ctx context.Context, ref Reference, userID string) (conversationID string, err error) {
	if err := checkID("user", userID); err != nil {
		return "", fmt.Errorf("teams: open a chat: %w", err)
	}
	body := opening{
		Members:     []schema.ChannelAccount{{ID: userID}},
		TenantID:    ref.Tenant,
		ChannelData: map[string]any{"tenant": map[string]string{"id": ref.Tenant}},
	}
	answer, err := c.open(ctx, ref, userID, body)
	if err != nil {
		return "", fmt.Errorf("teams: open a chat with %s: %w", userID, err)
	}
	return answer.ID, nil
}

// OpenThread starts a thread in a channel with a message. It returns the id of
// the thread's conversation, and that of the message, which may be empty as
// for [Connector.Send].
func (c *Connector) OpenThread(ctx context.Context, ref Reference, channelID string, m Message) (conversationID, activityID string, err error) {
	channelID = rootOf(channelID)
	if err := errors.Join(checkID("channel", channelID), m.check()); err != nil {
		return "", "", fmt.Errorf("teams: open a thread: %w", err)
	}
	a := schema.Activity{Type: schema.Message}
	if err := m.fill(&a); err != nil {
		return "", "", fmt.Errorf("teams: open a thread in %s: %w", channelID, err)
	}
	first := newOutgoing(a, nil, m)
	body := opening{
		IsGroup:  true,
		TenantID: ref.Tenant,
		ChannelData: map[string]any{
			"tenant":  map[string]string{"id": ref.Tenant},
			"channel": map[string]string{"id": channelID},
		},
		Activity: &first,
	}
	answer, err := c.open(ctx, ref, channelID, body)
	if err != nil {
		return "", "", fmt.Errorf("teams: open a thread in %s: %w", channelID, err)
	}
	return answer.ID, answer.ActivityID, nil
}

// open asks for a conversation. place is what the request is counted and
// queued by, as the conversation does not exist yet.
func (c *Connector) open(ctx context.Context, ref Reference, place string, body opening) (schema.ConversationResourceResponse, error) {
	var answer schema.ConversationResourceResponse
	if ref.ServiceURL == "" {
		return answer, errors.New("no service URL")
	}
	bot := c.bot(ref)
	body.Bot = &bot
	ref.Conversation.ID = place
	target, err := address(ref.ServiceURL, "v3", "conversations")
	if err != nil {
		return answer, err
	}
	err = c.inTurn(ctx, "open", ref, func() error {
		return c.do(ctx, "open", http.MethodPost, target, body, &answer)
	})
	if err == nil && answer.ID == "" {
		err = &Error{Op: "open", Kind: Broken, Err: errors.New("the answer names no conversation")}
	}
	return answer, err
}
