//! What a file of Elixir becomes, as a dump.

use super::outline;
use crate::syntax::dump::dump;

#[test]
fn says_what_a_file_holds() {
    insta::assert_snapshot!(dump(&outline(
        r##"
defmodule Shop.Sales.Order do
  @moduledoc """
  Doc.
  """
  use Ecto.Schema
  import Ecto.Query, only: [from: 2]
  alias Shop.{Repo, User}
  alias Shop.Line, as: L
  alias __MODULE__.Sub

  @schema_prefix "sales"
  @sql "select 1"
  schema "orders" do
    field :name, :string, default: "a"
    belongs_to :user, User
    has_many :lines, L, on_delete: :delete_all
    timestamps()
  end

  def list(%{id: id} = params, opts \\ []) when is_integer(id) do
    q = from o in Order, join: l in assoc(o, :lines), where: o.id == ^id, select: o
    Order
    |> where([o], o.id == ^id)
    |> join(:inner, [o], l in L, on: l.order_id == o.id)
    |> Repo.all(prefix: "x")
    {:ok, %{rows: rows}} = Repo.query("SELECT #{id} FROM \"orders\"" <> @sql, [id])
    Enum.map(rows, fn [a, b] -> a end)
    Enum.each(rows, &Repo.delete/1)
    case Repo.get(__MODULE__, id) do
      nil -> {:error, :x}
      %Order{} = order -> order.name
    end
    sql = ~s(select * from t where x = "#{id}")
    x = if opts[:a], do: "b", else: "c"
    with {:ok, u} <- fetch(id), true <- ok?(u) do
      Repo.insert!(%User{name: "x", age: 1})
    else
      _ -> nil
    end
    for u <- ~w(a b), do: Repo.one(u)
  end

  defp one(x), do: x
end
defmodule Shop.Repo.Migrations.CreateOrders do
  use Ecto.Migration
  def change do
    create table(:orders, primary_key: false) do
      add :id, :uuid
      add :user_id, references(:users)
    end
    execute """
    CREATE VIEW v AS SELECT 1
    """
  end
end
defmodule T do
  use ExUnit.Case
  test "x" do
    Repo.all(Order)
  end
end
"##
    )));
}
