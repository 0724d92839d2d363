-- Two names that differ only by case have one key, and a sigma is ς or σ by what follows it. Where two accounts would get one key,
-- both keep the one they have.
UPDATE accounts SET user_name_key = replace(user_name_key, 'ς', 'σ')
WHERE user_name_key LIKE '%ς%' AND NOT EXISTS (
    SELECT 1 FROM accounts AS other
    WHERE other.id <> accounts.id AND replace(other.user_name_key, 'ς', 'σ') = replace(accounts.user_name_key, 'ς', 'σ')
);
